import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deviceHost, type Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import { importCertificates, makeTokens, openSoftHsmStore, softHsmModuleFile } from '../../dev/softhsm/index.ts';
import { compiler, compileFaultyModule } from './compile.ts';
import { firstToken, startCardHost, type CardHost } from './host-under-test.ts';
import { openOpensslCa } from './openssl-ca.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-faulty-'));
const modulePath = join(directory, 'faulty.so');
const certificateFile = join(directory, 'certificate.der');
const attributes = Uint8Array.of(1, 2, 3);
const pin = new TextEncoder().encode('1234');
const hosts: CardHost[] = [];

beforeAll(() => {
  if (compiler === undefined) return;
  compileFaultyModule(modulePath);
  const ca = openOpensslCa();
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  writeFileSync(certificateFile, ca.certify({ spki, commonName: 'faulty', keyUsage: 'digitalSignature' }));
  ca.close();
});
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));
afterAll(() => rmSync(directory, { recursive: true }));

const faulty = (fault: string): Pkcs11ModuleConfiguration => ({
  id: 'faulty',
  path: modulePath,
  environment: { QORGAN_FAULT: fault, QORGAN_FAULT_CERTIFICATE: certificateFile },
});

/** A host whose patience is short enough for a test; the product waits as its contract says. */
function start(...modules: readonly Pkcs11ModuleConfiguration[]): CardHost {
  const host = startCardHost({ modules, timeoutMs: 3_000 });
  hosts.push(host);
  return host;
}

async function signOn(host: CardHost, options: { readonly isPinKept?: boolean } = {}) {
  const { reference } = await firstToken(host);
  const call = { token: reference, keyId: '01', mechanism: 'rsa-pkcs1-sha256', data: attributes } as const;
  return host.call('sign', options.isPinKept === true ? call : { ...call, pin });
}

if (compiler === undefined) process.stderr.write('SKIPPED: faulty PKCS#11 modules, because there is no C compiler\n');

describe.skipIf(compiler === undefined)('a vendor module that misbehaves', () => {
  test.each([
    ['abort-in-sign', 'card-module-crashed'],
    ['abort-in-login', 'card-module-crashed'],
    ['hang-in-sign', 'card-module-hung'],
    ['hang-in-login', 'card-module-hung'],
  ])('by %s is named %s, and the host lives again', async (fault, code) => {
    const host = start(faulty(fault));
    await firstToken(host);
    const pid = host.pid;
    expect(await signOn(host)).toEqual({ ok: false, refusal: { code } });
    expect((await firstToken(host)).reference.serial).toBe('1');
    expect(host.pid).not.toBe(pid);
  });

  test.each([
    ['wrong-signature', 'card-signature-wrong'],
    ['pin-expired', 'pin-expired'],
    ['sessions-exhausted', 'card-busy'],
  ])('by %s is refused as %s', async (fault, code) => {
    expect(await signOn(start(faulty(fault)))).toEqual({ ok: false, refusal: { code } });
  });

  test('by dying while it waits for cards costs one life: the next asks again and again instead, and no module is set aside for it', async () => {
    const environment = { ...faulty('abort-in-wait').environment, QORGAN_SLOW: '1' };
    const other = join(directory, 'other.so');
    writeFileSync(other, readFileSync(modulePath));
    const host = start({ ...faulty('none'), environment }, { id: 'other', path: other, environment });
    const lives = (): number => host.entries.filter(({ kind }) => kind === 'started').length;
    await expect.poll(lives, { timeout: 10_000 }).toBe(2);
    await firstToken(host);
    const listing = await host.call('tokens.list', {});
    expect(listing.ok && listing.value.modules.map(({ state }) => state)).toEqual(['loaded', 'loaded']);
    expect(listing.ok && listing.value.tokens.length).toBe(2);
    await new Promise((done) => setTimeout(done, 1_000));
    expect(lives()).toBe(2);
  });

  test('cannot put control characters on a screen through its label', async () => {
    expect((await firstToken(start(faulty('none')))).label).toBe('faulty[31m');
  });

  test('that cannot say who it is is used as any other', async () => {
    expect((await firstToken(start(faulty('nameless')))).mechanisms).toEqual(['rsa-pkcs1-sha256']);
  });

  test('that lists objects without end is read up to a bound', async () => {
    const host = start(faulty('endless-list'));
    const { reference } = await firstToken(host);
    const listed = await host.call('certificates.list', { token: reference });
    expect(listed.ok && listed.value.certificates.length).toBe(256);
  });
});

const hasBoth = compiler !== undefined && existsSync(softHsmModuleFile);

describe.skipIf(!hasBoth)('a module that its host dies of while it is loaded', () => {
  const store = openSoftHsmStore(join(directory, 'tokens-beside'));
  const softHsm = { id: 'softhsm', path: softHsmModuleFile, environment: store.environment };
  const token = { label: 'beside', pin: '1234' };
  const states = async (host: CardHost) => {
    const listing = await host.call('tokens.list', {});
    return listing.ok ? listing.value.modules.map(({ state }) => state) : listing.refusal.code;
  };
  const started = (host: CardHost) => host.entries.filter(({ kind }) => kind === 'started').length;

  beforeAll(() => {
    const request = { keyId: '01', label: 'sign', kind: 'rsa-2048', purpose: 'sign' } as const;
    const [key] = makeTokens(store, [{ ...token, keys: [request] }]);
    const ca = openOpensslCa();
    const der = ca.certify({ spki: key?.spki ?? Uint8Array.of(), commonName: 'beside', keyUsage: 'digitalSignature' });
    importCertificates(store, token, [{ keyId: '01', label: 'sign', der }]);
    ca.close();
  });

  test.each(['abort-in-initialize', 'abort-in-list', 'hang-in-initialize'])(
    'by %s is set aside after one death, by name, and the card of the other module signs',
    async (fault) => {
      const host = start(faulty(fault), softHsm);
      expect((await firstToken(host)).label).toBe('beside');
      expect(await signOn(host)).toMatchObject({ ok: true });
      expect(await states(host)).toEqual(['card-module-set-aside', 'loaded']);
      const refused = { ok: false, refusal: { code: 'card-module-set-aside' } };
      const reference = { moduleId: 'faulty', slotId: '07', serial: '1' };
      expect(await host.call('certificates.list', { token: reference })).toEqual(refused);
      expect(started(host)).toBe(2);
    },
  );

  test('is tried again when somebody asks for it: another death sets it aside again, and only that', async () => {
    const host = start(faulty('abort-in-initialize'), softHsm);
    await firstToken(host);
    const crashed = { ok: false, refusal: { code: 'card-module-crashed' } };
    expect(await host.call('modules.retry', { moduleId: 'faulty' })).toEqual(crashed);
    expect(await states(host)).toEqual(['card-module-set-aside', 'loaded']);
    expect(started(host)).toBe(3);
    expect(await signOn(host)).toMatchObject({ ok: true });
  });

  test('is used again, also in the lives that follow, once it was mended and asked for', async () => {
    const file = join(directory, 'mended.so');
    writeFileSync(file, readFileSync(modulePath));
    const broken = join(directory, 'broken-once');
    writeFileSync(broken, '');
    const environment = { QORGAN_FAULT_WHILE: broken, QORGAN_FAULT_CERTIFICATE: certificateFile };
    const host = start({ id: 'faulty', path: file, environment }, softHsm);
    await firstToken(host);
    expect(await states(host)).toEqual(['card-module-set-aside', 'loaded']);
    rmSync(broken);
    expect(await host.call('modules.retry', { moduleId: 'faulty' })).toEqual({ ok: true, value: {} });
    expect(await states(host)).toEqual(['loaded', 'loaded']);
    host.kill();
    await expect.poll(() => started(host)).toBe(3);
    expect(await states(host)).toEqual(['loaded', 'loaded']);
  });
});

describe.skipIf(compiler === undefined)('a reader with its own keys', () => {
  test('is asked for the PIN itself: none is sent, whatever the caller has', async () => {
    const host = start(faulty('pad'));
    expect((await firstToken(host)).hasPinPad).toBe(true);
    expect(await signOn(host, { isPinKept: true })).toMatchObject({ refusal: { code: 'card-signature-wrong' } });
    expect(await signOn(host)).toMatchObject({ refusal: { code: 'card-signature-wrong' } });
  });

  test('on which the person cancels is refused so', async () => {
    const result = await signOn(start(faulty('pad-cancelled')), { isPinKept: true });
    expect(result).toEqual({ ok: false, refusal: { code: 'pin-entry-cancelled' } });
  });
});

describe('a module that cannot be used', () => {
  const states = async (host: CardHost) => {
    const listing = await host.call('tokens.list', {});
    return listing.ok ? listing.value.modules.map(({ state }) => state) : [];
  };

  test('is named, and does not hide the cards of the others', async () => {
    const notModule = join(directory, 'not-a-module.so');
    writeFileSync(notModule, 'text');
    const host = start(
      { id: 'absent', path: join(directory, 'absent.so'), environment: {} },
      { id: 'text', path: notModule, environment: {} },
      faulty('none'),
    );
    expect(await states(host)).toEqual(['card-module-missing', 'card-module-unusable', 'loaded']);
    expect((await firstToken(host)).reference.moduleId).toBe('faulty');
    const token = { moduleId: 'absent', slotId: '00', serial: '1' };
    const refused = await host.call('certificates.list', { token });
    expect(refused).toEqual({ ok: false, refusal: { code: 'card-module-missing' } });
  });

  test('is used as soon as it is installed, without a restart', async () => {
    const late = join(directory, 'late.so');
    const host = start({ id: 'late', path: late, environment: {} });
    expect(await states(host)).toEqual(['card-module-missing']);
    if (!existsSync(softHsmModuleFile) && compiler === undefined) return;
    execFileSync('cp', [compiler === undefined ? softHsmModuleFile : modulePath, late]);
    expect(await states(host)).toEqual(['loaded']);
  });

  test('may not be given variables of the loader or of Node', () => {
    const parse = (environment: Record<string, string>) =>
      deviceHost.configuration.safeParse({ modules: [{ id: 'm', path: '/m.so', environment }] }).success;
    expect(parse({ SOFTHSM2_CONF: '/x' })).toBe(true);
    for (const name of ['LD_PRELOAD', 'NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'lower'])
      expect(parse({ [name]: 'x' })).toBe(false);
  });
});
