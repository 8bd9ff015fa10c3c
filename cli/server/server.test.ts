import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInvitation } from '../../contracts/http/index.ts';
import { controlDigit } from '../../core/kernel/index.ts';
import { canonicalize, documentKeyId, signedDocument } from '../../core/signing/index.ts';
import { createTestCa, makeKey, type TestCa } from '../../dev/ca/index.ts';
import { parseCertificate, sha256 } from '../../eds/index.ts';

const program = resolve(import.meta.dirname, '../boot/index.ts');
const env = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  LANG: 'en_GB.UTF-8',
};

let folder: string;
let platform: string;
let url: string;
let ca: TestCa;

type Said = { readonly exit: number | null; readonly said: Record<string, unknown> };

function qorgan(...given: readonly string[]): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'server', ...given, '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
    env,
  });
  if (stdout === '') throw new Error(stderr);
  return { exit: status, said: JSON.parse(stdout) as Record<string, unknown> };
}

const inPlatform = (...given: readonly string[]): Said => qorgan(...given, '--directory', platform);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A registry that pins both certificates of a test authority as anchors. */
function registryOf({ rootCertificate, issuingCertificate }: TestCa) {
  const certificates = [rootCertificate, issuingCertificate].map((der) => {
    const parsed = parseCertificate(der);
    if (!parsed.ok) throw new Error('a certificate of the test authority cannot be read');
    return parsed.value;
  });
  const authority = {
    name: 'Сынақ',
    keyIdentifiers: certificates.map(({ extensions }) => extensions.subjectKeyIdentifier ?? ''),
    anchors: certificates.map((certificate) => certificate.sha256),
    intermediates: [],
    roleMap: 'national',
    timeStampPolicies: [],
    validFromMs: 0,
    validUntilMs: Date.now() + 86_400_000,
    source: 'https://example.test/',
  };
  return { form: 'qorgan.authorities/1', version: 1, authorities: [authority] };
}

/** The next JSON line that a server says. */
async function heard(lines: AsyncIterator<string>): Promise<Record<string, unknown>> {
  const line = await lines.next();
  return line.done === true ? {} : (JSON.parse(line.value) as Record<string, unknown>);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-cli-'));
  // Where root runs the tests, the database runs as another user and must reach its folder.
  chmodSync(folder, 0o711);
  platform = join(folder, 'platform');
  url = `https://localhost:${await freePort()}`;
  ca = createTestCa({ demo: true, now: Date.now, keys: 'ec-p256' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = ['--profile', 'demo'];

describe('qorgan server', () => {
  it('makes a platform once, and says the key of its log', () => {
    const given = ['init', '--operator-name', 'Сынақ АҚ', '--url', url, '--platform', 'synaq', ...demo];
    const made = inPlatform(...given);
    expect(made).toMatchObject({
      exit: 0,
      said: {
        platform: 'synaq',
        logOrigin: 'demo.qorgan.synaq',
        logKey: expect.stringMatching(/^demo\.qorgan\.synaq\+[0-9a-f]{8}\+A/u),
        logMlDsa44Key: expect.stringMatching(/^demo\.qorgan\.synaq\+[0-9a-f]{8}\+B/u),
      },
    });
    expect(inPlatform(...given)).toMatchObject({ exit: 1, said: { verdict: 'bad', reason: 'platform-exists' } });
  });

  it('takes anchors and lists from files of both spellings, and people', () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(ca.issuingCertificate).toString('base64')}\n-----END CERTIFICATE-----\n`;
    const anchors = [file('root.der', ca.rootCertificate), file('issuing.pem', pem)];
    expect(inPlatform('import-anchors', ...anchors)).toMatchObject({ exit: 0, said: { anchors: 1, intermediates: 1 } });
    const lists = ca.crls().map((der, i) => file(`list-${i}.crl`, der));
    expect(inPlatform('import-crl', ...lists)).toMatchObject({ exit: 0, said: { lists: 2 } });
    const iin = `79112440012${controlDigit('79112440012') ?? ''}`;
    const holder = { surname: 'Қожахметов', name: 'Ғалымжан', iin };
    const { certificate } = ca.issue({
      subjectPublicKeyInfo: makeKey('ec-p256').subjectPublicKeyInfo,
      holder,
      roles: ['individual'],
    });
    const staff = {
      iin,
      name: 'Қожахметов Ғалымжан',
      roles: ['reviewer'],
      validFromMs: Date.now(),
      validUntilMs: Date.now() + 86_400_000,
      basis: '№ 1',
    };
    const added = inPlatform(
      'add-staff',
      file('staff.json', JSON.stringify(staff)),
      '--certificate',
      file('staff.der', certificate),
    );
    expect(added).toMatchObject({
      exit: 0,
      said: { roles: ['reviewer'], certificates: [expect.stringMatching(/^[0-9a-f]{64}$/u)] },
    });
  });

  it('takes anchors by a registry only where it pins them, and only by one that the named key signed', () => {
    const anchors = [file('root.der', ca.rootCertificate), file('issuing.der', ca.issuingCertificate)];
    expect(inPlatform('import-anchors', ...anchors, '--registry', 'built-in')).toMatchObject({
      exit: 1,
      said: { reason: 'authority-not-pinned' },
    });
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const text = canonicalize(registryOf(ca));
    const document = signedDocument(text, documentKeyId(sha256, raw), sign(null, Buffer.from(text), privateKey));
    const registry = ['--registry', file('registry.json', JSON.stringify(document))];
    const key = ['--registry-key', file('registry.key', `${Buffer.from(raw).toString('base64')}\n`)];
    // The registry, not the certificate, says what is an anchor: here the issuing authority is one too.
    expect(inPlatform('import-anchors', ...anchors, ...registry, ...key)).toMatchObject({
      exit: 0,
      said: { anchors: 2, intermediates: 0 },
    });
    const other = ['--registry-key', file('other.key', Buffer.alloc(32, 7).toString('base64'))];
    const altered = ['--registry', file('altered.json', JSON.stringify({ ...document, document: `${text} ` }))];
    for (const options of [
      [...registry, ...other],
      [...altered, ...key],
    ])
      expect(inPlatform('import-anchors', ...anchors, ...options)).toMatchObject({
        exit: 1,
        said: { reason: 'document-signature-invalid' },
      });
    expect(inPlatform('import-anchors', ...anchors, '--registry', anchors[0] ?? '', ...key)).toMatchObject({
      exit: 1,
      said: { reason: 'document-malformed' },
    });
    for (const options of [registry, key])
      expect(inPlatform('import-anchors', ...anchors, ...options)).toMatchObject({
        exit: 2,
        said: { problem: 'argument-missing' },
      });
    expect(inPlatform('import-anchors', ...anchors)).toMatchObject({ exit: 0, said: { anchors: 1, intermediates: 1 } });
  });

  it('refuses what is no certificate, no list and no person', () => {
    const nothing = file('nothing', 'nothing');
    expect(inPlatform('import-anchors', nothing)).toMatchObject({ exit: 1, said: { reason: 'certificate-malformed' } });
    expect(inPlatform('import-crl', nothing)).toMatchObject({ exit: 1, said: { reason: 'document-malformed' } });
    expect(inPlatform('add-staff', nothing)).toMatchObject({ exit: 1, said: { reason: 'document-malformed' } });
    expect(inPlatform('import-crl', '/no/such/file')).toMatchObject({ exit: 2, said: { problem: 'file-unreadable' } });
    expect(qorgan('status', '--directory', join(folder, 'nowhere'))).toMatchObject({
      exit: 1,
      said: { reason: 'platform-absent' },
    });
    expect(inPlatform('start', '--profile', 'test')).toMatchObject({ exit: 2, said: { problem: 'profile-unknown' } });
    expect(inPlatform('start', ...demo, '--listen', 'x')).toMatchObject({
      exit: 2,
      said: { problem: 'address-malformed' },
    });
    expect(inPlatform('start', ...demo, '--clamd', 'unix:here')).toMatchObject({
      exit: 2,
      said: { problem: 'clamd-address-malformed' },
    });
    expect(inPlatform('start', ...demo, '--trusted-proxies', '0.0.0.0/0')).toMatchObject({
      exit: 2,
      said: { problem: 'trusted-proxies-malformed' },
    });
  });

  it('never opens a demonstration as production', () => {
    const reason = process.getuid?.() === 0 ? 'root-in-production' : 'profile-differs';
    expect(inPlatform('start')).toMatchObject({ exit: 1, said: { reason } });
  });
});

describe('a running qorgan server', () => {
  let child: ChildProcess;
  let lines: AsyncIterator<string>;

  beforeAll(async () => {
    const running = spawn(process.execPath, [program, 'server', 'start', '--directory', platform, ...demo, '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child = running;
    lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
    expect(await heard(lines)).toMatchObject({ event: 'started', url, state: 'accepting' });
  });
  afterAll(() => void child.kill('SIGKILL'));

  it('answers its status to whoever pins its certificate', () => {
    expect(inPlatform('status')).toMatchObject({
      exit: 0,
      said: {
        isRunning: true,
        platform: 'synaq',
        profile: 'demo',
        state: 'accepting',
        // Platform, policy, trust in the anchors three times, one person, and two lists of revoked certificates.
        log: { origin: 'demo.qorgan.synaq', size: 8, keys: [expect.any(String), expect.any(String)] },
      },
    });
    expect(inPlatform('status', '--url', url).exit).toBe(0);
  });

  it('gives a new workstation a code that names the key of the server', () => {
    const { exit, said } = inPlatform('enrol-code');
    const invitation = parseInvitation(String(said['invitation']));
    expect(exit).toBe(0);
    expect(invitation.ok && invitation.value).toMatchObject({
      url,
      code: expect.stringMatching(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}$/u),
    });
  });

  it('is not started twice', () => {
    expect(inPlatform('start', ...demo)).toMatchObject({ exit: 1, said: { reason: 'server-running' } });
  });

  it('stops when it is asked, closes what it opened, and then does not answer', async () => {
    child.kill('SIGTERM');
    expect(await heard(lines)).toMatchObject({ event: 'stopped' });
    const [exit] = (await once(child, 'exit')) as [number];
    expect(exit).toBe(0);
    expect(existsSync(join(platform, 'server.json'))).toBe(false);
    expect(inPlatform('status')).toMatchObject({ exit: 1, said: { isRunning: false } });
  });
});
