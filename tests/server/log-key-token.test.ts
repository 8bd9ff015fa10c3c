import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTokenHost } from '../../cli/cards/index.ts';
import { Secret } from '../../core/kernel/index.ts';
import { openCheckpoint, parseNoteKey, verifyReceipt } from '../../core/log/index.ts';
import { makeExtractableEd25519, makeTokens, openSoftHsmStore, privateKeyOf } from '../../dev/softhsm/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import {
  createServerLog,
  initPlatform,
  realSurroundings,
  rotateLogKey,
  startServer,
  type InitReport,
  type RunningServer,
} from '../../server/boot/index.ts';
import type { StartDeviceHost } from '../../server/keys/index.ts';
import { compileFaultyModule } from '../cards/compile.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { issuePerson, testCa } from './support/people.ts';
import { addStaff, must, testFolder } from './support/platform.ts';
import { enrolled, newCase, receiptOf, Workstation } from './support/workstation.ts';

// The label that the faulty module gives its card, without the characters that disturb a screen.
const token = { label: 'faulty[31m', pin: '4321' };
const keyId = '0a';
const softHsm = mkdtempSync(join(tmpdir(), 'qorgan-log-token-'));
const store = openSoftHsmStore(softHsm);
const tokens = join(softHsm, 'tokens');
const modulePath = store.modulePath;
const place = { modulePath, environment: { ...store.environment }, tokenLabel: token.label, keyId };
const directory = testFolder();
const ca = testCa(true);
const registrar = issuePerson({ ca, n: 1, name: 'Серікова Айгүл', roles: ['registrar'] });
const lines: string[] = [];
const signCalls: string[] = [];
let made: InitReport;
let server: RunningServer | undefined;

/** The real host, and a note of each signature that it was asked for. */
const watchedHost: StartDeviceHost = (module) => {
  const host = openTokenHost(module);
  return {
    call: (verb, input) => {
      if (verb === 'ed25519.sign') signCalls.push(verb);
      return host.call(verb, input);
    },
    close: () => host.close(),
  };
};

const pinOf = (pin: string): Secret<'log-key-pin'> => new Secret('log-key-pin', new TextEncoder().encode(pin));

const optionsOf = (pin: string | undefined, startDeviceHost: StartDeviceHost) => ({
  directory,
  surroundings: realSurroundings,
  startDeviceHost,
  ...(pin === undefined ? {} : { logKeyPin: pinOf(pin) }),
});

async function start(pin: string | undefined = token.pin, startDeviceHost: StartDeviceHost = watchedHost) {
  const log = createServerLog((line) => lines.push(line));
  const listen = { host: '127.0.0.1', port: 0 };
  const started = await startServer({ ...optionsOf(pin, startDeviceHost), profile: 'demo', listen, log });
  if (started.ok) server = started.value;
  return started;
}

/** The code by which a start is refused. */
async function refusedStart(pin?: string, host?: StartDeviceHost): Promise<string> {
  const started = await start(pin, host);
  return started.ok ? 'started' : started.refusal.code;
}

async function stop(): Promise<void> {
  await server?.close();
  server = undefined;
}

async function submit(workstation: Workstation, number: number): Promise<{ outcome: string; actionId: string }> {
  const form = testForm(number);
  const item = workstation.act(registrar, newCase(form), 'registration.submit', { form });
  const [outcome = ''] = await workstation.outcomes([item]);
  if (outcome !== 'accepted') workstation.stepBack();
  return { outcome, actionId: item.actionId };
}

/** Pulls the token; the answer puts it back. */
function pull(): () => void {
  const away = `${tokens}-away`;
  const [name = ''] = readdirSync(tokens);
  renameSync(join(tokens, name), away);
  return () => renameSync(away, join(tokens, name));
}

const initOptions = (into: string, logKeyToken: typeof place) => ({
  ...optionsOf(token.pin, watchedHost),
  directory: into,
  profile: 'demo' as const,
  operatorName: '«Қорған» АҚ',
  url: 'https://127.0.0.1:7443',
  logKeyToken,
});

beforeAll(async () => {
  makeTokens(store, [{ ...token, keys: [] }]);
  made = must(await initPlatform(initOptions(directory, place)));
  const running = must(await start());
  const { administration } = running;
  must(await administration.importAnchors({ anchors: [ca.rootCertificate], intermediates: [ca.issuingCertificate] }));
  for (const list of ca.crls()) must(await administration.importCrl(list));
  must(await addStaff(running, registrar));
});

afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
  rmSync(softHsm, { recursive: true, force: true });
});

test('a platform signs its heads by the key in the token, and its receipts are good by the published keys', async () => {
  const workstation = await enrolled(server as RunningServer);
  const { outcome, actionId } = await submit(workstation, 1);
  expect(outcome).toBe('accepted');
  const proof = await receiptOf(workstation, actionId);
  const logKey = `${made.logKey}\n${made.logMlDsa44Key}\n`;
  expect(verifyReceipt({ proof, logKey, sha256, verifyEd25519, verifyMlDsa44 })).toMatchObject({ verdict: 'good' });
  const note = readFileSync(join(directory, 'log', 'checkpoint'), 'utf8');
  expect(openCheckpoint({ note, logKey: must(parseNoteKey(sha256, made.logKey)), verifyEd25519 }).ok).toBe(true);
});

test('the key stays in the token, and no file of the platform holds it', () => {
  expect(privateKeyOf(store, token, keyId)).toEqual({
    isExtractable: false,
    isSensitive: true,
    valueError: 'CKR_ATTRIBUTE_SENSITIVE',
  });
  const file = JSON.parse(readFileSync(join(directory, 'keys', 'log.key'), 'utf8')) as { kind: string; bytes: string };
  expect(file.kind).toBe('log-token-key');
  expect(Object.keys(JSON.parse(Buffer.from(file.bytes, 'base64').toString('utf8')) as object)).toEqual([
    ...['modulePath', 'environment', 'tokenLabel', 'keyId', 'publicKey'],
  ]);
});

test('a token that is pulled stops the promises, and one that comes back lets the same server go on', async () => {
  const running = server as RunningServer;
  const workstation = await enrolled(running);
  const putBack = pull();
  const last = await submit(workstation, 2);
  // Taken before anybody could know: kept, and proven later.
  expect(last.outcome).toBe('accepted');
  await expect.poll(() => running.state(), { timeout: 15_000 }).toBe('read-only');
  const size = running.treeSize();
  expect((await submit(workstation, 3)).outcome).toBe('server-read-only');
  expect(running.treeSize()).toBe(size);
  expect(lines.join('')).toContain('log-key-token');
  putBack();
  await expect.poll(() => running.state(), { timeout: 15_000 }).toBe('accepting');
  const proof = await receiptOf(workstation, last.actionId);
  const logKey = `${made.logKey}\n${made.logMlDsa44Key}\n`;
  expect(verifyReceipt({ proof, logKey, sha256, verifyEd25519, verifyMlDsa44 })).toMatchObject({ verdict: 'good' });
  expect((await submit(workstation, 4)).outcome).toBe('accepted');
});

test('a device whose record no head holds is not told that it is enrolled', async () => {
  const running = server as RunningServer;
  const workstation = new Workstation(running);
  const { code } = await running.administration.enrolCode();
  const putBack = pull();
  expect(codeOf(await workstation.enrol(code))).toBe('server-read-only');
  putBack();
  await expect.poll(() => running.state(), { timeout: 15_000 }).toBe('accepting');
});

test('a wrong PIN, or none, refuses the start, and the token is asked once', async () => {
  await stop();
  signCalls.length = 0;
  expect(await refusedStart('9999')).toBe('log-key-pin-wrong');
  expect(signCalls).toHaveLength(1);
  const log = createServerLog((line) => lines.push(line));
  const without = await startServer({ ...optionsOf(undefined, watchedHost), profile: 'demo', log });
  expect(!without.ok && without.refusal.code).toBe('log-key-pin-wrong');
  expect(signCalls).toHaveLength(1);
});

test('a token that is not there refuses the start', async () => {
  const putBack = pull();
  expect(await refusedStart()).toBe('log-key-token-absent');
  putBack();
});

test.each([
  ['hang-in-sign', 'log-key-token-failed'],
  ['hang-in-initialize', 'log-key-token-failed'],
  ['abort-in-sign', 'log-key-token-failed'],
  ['signs-anything', 'log-key-other'],
])('a library that does %s refuses the start by %s', async (fault, code) => {
  const path = join(softHsm, 'faulty.so');
  compileFaultyModule(path);
  const faulty: StartDeviceHost = (module) => openTokenHost({ ...module, path, environment: { QORGAN_FAULT: fault } });
  expect(await refusedStart(token.pin, faulty)).toBe(code);
});

test('another token of the same label with another key under the same identifier signs nothing', async () => {
  const putBack = pull();
  makeTokens(store, [{ ...token, keys: [] }]);
  const host = openTokenHost({ id: 'log-key', path: modulePath, environment: store.environment });
  const [other] = must(await host.call('tokens.list', {})).tokens;
  if (other === undefined) throw new Error('no token');
  const use = { token: other.reference, keyId, pin: new TextEncoder().encode(token.pin) };
  must(await host.call('ed25519.ensure', use));
  await host.close();
  expect(await refusedStart()).toBe('log-key-other');
  for (const one of readdirSync(tokens)) rmSync(join(tokens, one), { recursive: true });
  putBack();
  expect(await refusedStart()).toBe('started');
  await stop();
});

test('a key that the token would give out is not taken for a log', async () => {
  makeExtractableEd25519(store, token, '0b');
  const folder = testFolder();
  const refused = await initPlatform(initOptions(folder, { ...place, keyId: '0b' }));
  expect(!refused.ok && refused.refusal.code).toBe('log-key-extractable');
  expect(readdirSync(join(folder, 'keys'))).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('a damaged note of where the key lies opens nothing', async () => {
  const file = join(directory, 'keys', 'log.key');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('log-token-key', 'log-other-key'));
  expect(await refusedStart()).toBe('platform-key-malformed');
  writeFileSync(file, text);
});

test('the key moves to another key of the token by a rotation, and not to a file by an option that was forgotten', async () => {
  const forgotten = await rotateLogKey(optionsOf(token.pin, watchedHost));
  expect(!forgotten.ok && forgotten.refusal.code).toBe('log-key-token-unnamed');
  const next = { ...place, keyId: '0c' };
  const rotated = must(await rotateLogKey({ ...optionsOf(token.pin, watchedHost), logKeyToken: next }));
  expect(rotated.key).not.toBe(made.logKey);
  must(await start());
  const workstation = await enrolled(server as RunningServer);
  const { actionId } = await submit(workstation, 5);
  const proof = await receiptOf(workstation, actionId);
  const logKey = `${rotated.key}\n${rotated.mlDsa44Key}\n`;
  expect(verifyReceipt({ proof, logKey, sha256, verifyEd25519, verifyMlDsa44 })).toMatchObject({ verdict: 'good' });
});
