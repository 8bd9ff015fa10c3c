import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeNationalKey, signNational, type NationalKey } from '../../dev/ca/index.ts';
import { bitString, concat, integer, objectIdentifier, octetString, sequence } from '../../eds/der/index.ts';
import { nationalProfiles, numberOf, octetsOf, type NationalFamily } from '../../eds/gost/index.ts';
import { nationalSuite } from '../../eds/index.ts';
import type { Answer, Question } from './gost-engine.ts';

/** Keys, messages and lengths follow from it; another seed is as good. */
const seed = process.env['QORGAN_TEST_SEED'] ?? '20261123';
let drawn = 0;

function draw(lengthBytes: number): Uint8Array {
  drawn += 1;
  return Uint8Array.from(createHash('shake256', { outputLength: lengthBytes }).update(`${seed} ${drawn}`).digest());
}

const output = (program: string, words: readonly string[]): string => {
  try {
    return execFileSync(program, words, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return '';
  }
};

const engine = join(/"(.+)"/u.exec(output('openssl', ['version', '-e']))?.[1] ?? '', 'gost.so');
const hasEngine = existsSync(engine);
if (!hasEngine)
  process.stderr.write(
    'SKIPPED: the GOST engine of OpenSSL is absent, so nothing independent judged national signatures\n',
  );
const hasSum = existsSync('/usr/bin/gostsum');
if (!hasSum) process.stderr.write('SKIPPED: gostsum is absent, so nothing independent judged GOST 34.311-95\n');

const folder = mkdtempSync(join(tmpdir(), 'eds-gost-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, octets: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

/** Names of the same key, curve and digest in the register that the engine knows (RFC 9215, RFC 4491). */
const foreign: Readonly<Record<NationalFamily, { readonly key: string; readonly parameters: readonly string[] }>> = {
  'gost-2004': { key: '1.2.643.2.2.19', parameters: ['1.2.643.2.2.35.1', '1.2.643.2.2.30.1'] },
  'gost-2015-256': { key: '1.2.643.7.1.1.1.1', parameters: ['1.2.643.7.1.2.1.1.1', '1.2.643.7.1.1.2.2'] },
  'gost-2015-512': { key: '1.2.643.7.1.1.1.2', parameters: ['1.2.643.7.1.2.1.2.1', '1.2.643.7.1.1.2.3'] },
};

const foreignAlgorithm = (family: NationalFamily): Uint8Array =>
  sequence(objectIdentifier(foreign[family].key), sequence(...foreign[family].parameters.map(objectIdentifier)));

/** The coordinates are the last octets of our structure, and are written the same way in theirs. */
function foreignKey({ family, subjectPublicKeyInfo }: NationalKey): Uint8Array {
  const coordinates = subjectPublicKeyInfo.slice(-2 * nationalProfiles[family].coordinateBytes);
  return sequence(foreignAlgorithm(family), bitString(octetString(coordinates)));
}

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');

function foreignPrivateKey({ family, scalar }: NationalKey): string {
  const octets = octetsOf(scalar, nationalProfiles[family].coordinateBytes);
  const info = sequence(integer(0), foreignAlgorithm(family), octetString(octetString(octets)));
  return `-----BEGIN PRIVATE KEY-----\n${base64(info).replaceAll(/.{64}/gu, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

function ask(questions: readonly Question[]): readonly Answer[] {
  const child = join(import.meta.dirname, 'gost-engine.ts');
  const input = JSON.stringify(questions);
  // Engines are deprecated and this one brings another libcrypto along, which is why this is a test and never the product.
  const said = execFileSync(process.execPath, ['--no-deprecation', child, engine], {
    input,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(said.toString()) as readonly Answer[];
}

type Case = {
  readonly it: string;
  readonly key: NationalKey;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** A right signature and what can be made of it: each with the verdict left to the two judges. */
function casesOf(family: NationalFamily, round: number): readonly Case[] {
  const { coordinateBytes: size, curve } = nationalProfiles[family];
  const key = makeNationalKey(family, draw(72));
  const message = draw(round * 17);
  const signature = signNational(key, message);
  const [first, second] = [signature.slice(0, size), signature.slice(size)];
  const altered = Uint8Array.from(signature);
  const at = (round * 29) % altered.length;
  altered[at] = (altered[at] ?? 0) ^ (1 << (round & 7));
  const s = numberOf(second) + curve.order;
  const isRoom = s < 256n ** BigInt(size);
  const as = (it: string, changes: Partial<Case>): Case => ({ it, key, message, signature, ...changes });
  return [
    as('right', {}),
    as('altered', { signature: altered }),
    as('halves swapped', { signature: concat([second, first]) }),
    as('octets reversed', { signature: signature.toReversed() }),
    as('another key', { key: makeNationalKey(family, draw(72)) }),
    as('another message', { message: concat([message, Uint8Array.of(round)]) }),
    as('r of zero', { signature: concat([new Uint8Array(size), second]) }),
    as('s of zero', { signature: concat([first, new Uint8Array(size)]) }),
    ...(isRoom ? [as('s beyond the order', { signature: concat([first, octetsOf(s, size)]) })] : []),
    as('r of ones', { signature: concat([new Uint8Array(size).fill(255), second]) }),
  ];
}

function ours({ key, message, signature }: Case): boolean | undefined {
  const algorithm = { oid: nationalProfiles[key.family].signatureOid, parameters: undefined, der: new Uint8Array(0) };
  const scheme = nationalSuite.loadKey(key.subjectPublicKeyInfo)?.scheme(algorithm, undefined);
  return scheme?.verify(message, signature);
}

const rounds = [0, 1, 2, 3, 4, 5, 6];

describe.skipIf(!hasEngine)(`the GOST engine of OpenSSL and we agree (seed ${seed})`, () => {
  const digests = { 'gost-2015-256': 'md_gost12_256', 'gost-2015-512': 'md_gost12_512' } as const;

  test.each(Object.entries(digests))(
    'on signatures of %s, right and wrong, made here and there',
    (name, digest) => {
      const family = name as keyof typeof digests;
      const cases = rounds.flatMap((round) => casesOf(family, round));
      const answers = ask(
        cases.map(({ key, message, signature }) => ({
          digest,
          message: base64(message),
          publicKey: base64(foreignKey(key)),
          signature: base64(signature.toReversed()),
          privateKey: foreignPrivateKey(key),
        })),
      );
      const told = cases.map((one, i) => [one.it, ours(one), answers[i]?.isRight]);
      expect(told).toEqual(cases.map(({ it }) => [it, it === 'right', it === 'right']));
      for (const [i, one] of cases.entries()) {
        const { signature = '', digest: theirs } = answers[i] ?? {};
        expect(ours({ ...one, signature: Buffer.from(signature, 'base64').toReversed() })).toBe(true);
        expect(base64(nationalProfiles[family].digest(one.message))).toBe(theirs);
      }
      expect(cases.length).toBeGreaterThanOrEqual(60);
    },
    60_000,
  );

  test('on digests of every length around the borders of blocks', () => {
    const messages = Array.from({ length: 200 }, (_, length) => draw(length));
    for (const [family, digest] of Object.entries(digests)) {
      const answers = ask(messages.map((message) => ({ digest, message: base64(message) })));
      const profile = nationalProfiles[family as keyof typeof digests];
      expect(messages.map((message) => base64(profile.digest(message)))).toEqual(answers.map((one) => one.digest));
    }
  });

  test('on signatures of GOST 34.310-2004, given the digest, which the engine knows with another S-box only', () => {
    const settings = file(
      'engine.cnf',
      `openssl_conf = a\n[a]\nengines = b\n[b]\ngost = c\n[c]\nengine_id = gost\ndynamic_path = ${engine}\n`,
    );
    const env = { ...process.env, OPENSSL_CONF: settings };
    const theirs = ({ key, message, signature }: Case): boolean => {
      const words = [
        ...['-pubin', '-keyform', 'DER', '-inkey', file('key.der', foreignKey(key))],
        ...['-in', file('digest', nationalProfiles[key.family].digest(message))],
        ...['-sigfile', file('signature', signature.toReversed())],
      ];
      try {
        execFileSync('openssl', ['pkeyutl', '-engine', 'gost', '-verify', ...words], { env, stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    const cases = rounds.slice(0, 5).flatMap((round) => casesOf('gost-2004', round));
    const told = cases.map((one) => [one.it, ours(one), theirs(one)]);
    expect(told).toEqual(cases.map(({ it }) => [it, it === 'right', it === 'right']));
    expect(cases.length).toBeGreaterThanOrEqual(45);
  }, 60_000);
});

describe.skipIf(!hasSum)(`gostsum and we agree (seed ${seed})`, () => {
  test('on GOST 34.311-95 with the test parameters, for every length around the borders of blocks', () => {
    // It has an answer of its own for an empty file; that digest is among the published ones.
    const messages = Array.from({ length: 100 }, (_, i) => draw(i + 1));
    const paths = messages.map((message, i) => file(`message-${i}`, message));
    // It prints the highest octet first.
    const said = output('/usr/bin/gostsum', ['-b', '-t', ...paths])
      .trim()
      .split('\n');
    const expected = messages.map((message) =>
      Buffer.from(nationalProfiles['gost-2004'].digest(message).toReversed()).toString('hex'),
    );
    expect(said.map((line) => line.slice(0, 64))).toEqual(expected);
  });
});
