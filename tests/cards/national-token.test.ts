import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SignatureMechanism, SigningWay } from '../../contracts/device-host/index.ts';
import { Secret, type Result } from '../../core/kernel/index.ts';
import { makeNationalKey, type NationalKey } from '../../dev/ca/index.ts';
import { signText } from '../../main/engine/card-use.ts';
import { readCards } from '../../main/engine/cards.ts';
import { content, makeCa, nowMs, verifierOf } from '../eds/world.ts';
import { firstToken, startCardHost, type CardHost } from './host-under-test.ts';
import type { TokenDescription } from './national-token.ts';

const compiler = ['/usr/bin/cc', '/usr/bin/gcc'].find((file) => existsSync(file));
const directory = mkdtempSync(join(tmpdir(), 'qorgan-national-'));
const modulePath = join(directory, 'national.so');
const hosts: CardHost[] = [];
const ca = makeCa();
const text = new TextDecoder().decode(content);

beforeAll(() => {
  if (compiler === undefined) return;
  const includes = resolve(import.meta.dirname, '../../node_modules/pkcs11js/includes');
  execFileSync(compiler, [
    '-shared',
    '-fPIC',
    '-I',
    includes,
    '-o',
    modulePath,
    resolve(import.meta.dirname, 'faulty-module.c'),
  ]);
});
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));
afterAll(() => rmSync(directory, { recursive: true }));

if (compiler === undefined) process.stderr.write('SKIPPED: national tokens, because there is no C compiler\n');

type Played = {
  readonly family?: TokenDescription['family'];
  readonly offers: string;
  readonly keyType: string;
  readonly token?: Partial<TokenDescription>;
  readonly profile?: 'tc26';
  readonly signing?: readonly SigningWay[];
};

function certificateFor(key: NationalKey): Uint8Array {
  const holder = { surname: 'Ә', name: 'Б', iin: '900101400013', organisation: { name: 'АО', bin: '200140000014' } };
  return ca.issue({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, holder, roles: ['employee'] }).certificate;
}

/** The whole way of an act: the host loads the module, the engine finds the signer on the card and has it sign a text. */
async function sign(played: Played): Promise<Result<Uint8Array>> {
  const { family = 'gost-2015-512', offers, keyType, token = {}, ...configuration } = played;
  const key = makeNationalKey(family);
  const scalar = key.scalar.toString(16);
  const described = {
    family,
    scalar: scalar.padStart(scalar.length + (scalar.length % 2), '0'),
    hashing: ['d4321009', 'd4321008'],
  };
  writeFileSync(
    join(directory, 'token.json'),
    JSON.stringify({ ...described, isDigestReversed: false, signature: 'national', ...token }),
  );
  writeFileSync(join(directory, 'certificate.der'), certificateFor(key));
  const script = resolve(import.meta.dirname, 'national-token.ts');
  const environment = {
    QORGAN_FAULT: 'none',
    QORGAN_FAULT_CERTIFICATE: join(directory, 'certificate.der'),
    QORGAN_TOKEN_COMMAND: `${process.execPath} ${script} ${join(directory, 'token.json')}`,
    QORGAN_TOKEN_MECHANISMS: offers,
    QORGAN_TOKEN_KEY_TYPE: keyType,
  };
  const host = startCardHost({ modules: [{ id: 'national', path: modulePath, environment, ...configuration }] });
  hosts.push(host);
  await firstToken(host);
  const seen = await readCards(host, { judge: () => undefined, nowMs });
  const [signer] = seen.ok ? seen.value.signers : [];
  if (signer === undefined) throw new Error('the card has a signer');
  if (signer.unusable !== null) return { ok: false, refusal: signer.unusable };
  return signText({ devices: host, signer, pin: new Secret('pin', Buffer.from('1234')), text, nowMs });
}

const way = (mechanism: SignatureMechanism, changes: Partial<SigningWay>): SigningWay => ({
  mechanism,
  type: 0x80000101,
  input: 'digest',
  digestOrder: 'as-computed',
  signatureOrder: 'as-answered',
  keyTypes: [0x80000001],
  ...changes,
});

const codeOf = (result: Result<Uint8Array>): string => (result.ok ? 'signed' : result.refusal.code);
const verdictOf = (result: Result<Uint8Array>): string =>
  result.ok ? verifierOf(ca).verify({ cms: result.value, content, atMs: nowMs }).verdict : result.refusal.code;

describe.skipIf(compiler === undefined)('a national token behind PKCS#11', () => {
  test.each([
    ['hashes itself, 512 bits', { offers: '1201,d4321006,d4321009', keyType: 'd4321003' }],
    ['signs a digest, 512 bits', { offers: 'd4321006', keyType: 'd4321003' }],
    ['hashes itself, 256 bits', { family: 'gost-2015-256', offers: 'd4321008', keyType: '30' }],
    ['signs a digest, 256 bits', { family: 'gost-2015-256', offers: '1201', keyType: '30' }],
  ] as const)('of the profile tc26 %s, and the verifier accepts the CAdES-BES', async (_, played) => {
    expect(verdictOf(await sign({ ...played, profile: 'tc26' }))).toBe('VALID');
  });

  test.each(['reversed', 'halves-reversed', 'halves-swapped'] as const)(
    'with numbers of a vendor and the order %s signs as it was configured, and not otherwise',
    async (signatureOrder) => {
      const played = {
        offers: '80000101',
        keyType: '80000001',
        token: { signature: signatureOrder, isDigestReversed: true },
      };
      const right = way('gost-2015-512', { signatureOrder, digestOrder: 'reversed' });
      expect(verdictOf(await sign({ ...played, signing: [right] }))).toBe('VALID');
      const wrong = way('gost-2015-512', { digestOrder: 'reversed' });
      expect(codeOf(await sign({ ...played, signing: [wrong] }))).toBe('card-signature-wrong');
      expect(codeOf(await sign({ ...played, signing: [way('gost-2015-512', { signatureOrder })] }))).toBe(
        'card-signature-wrong',
      );
    },
  );

  test('is not offered without a profile that knows it, and not used by a key of another type', async () => {
    expect(codeOf(await sign({ offers: 'd4321009', keyType: 'd4321003' }))).toBe('mechanism-unsupported');
    expect(codeOf(await sign({ offers: 'd4321009', keyType: '30', profile: 'tc26' }))).toBe('mechanism-unsupported');
    expect(codeOf(await sign({ offers: '1201', keyType: 'd4321003', profile: 'tc26' }))).toBe('mechanism-unsupported');
  });
});
