import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  parseProof,
  parseWitnessPolicy,
  upToLastHead,
  verifyReceipt,
  type ReceiptQuestion,
} from '../../core/log/index.ts';
import { formatInvitation } from '../../contracts/http/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import {
  certificateOf,
  makeCases,
  member,
  must,
  openWorkstation,
  operator,
  playedPrompt,
  until,
} from '../../dev/demo/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { caseIdOf, type Workstation } from '../../main/engine/index.ts';
import {
  createServerLog,
  declareLogLost,
  initPlatform,
  realSurroundings,
  rotateLogKey,
  serveLostLog,
  startServer,
  type RunningServer,
} from '../../server/boot/index.ts';
import { sha256, startWitnessProcess, verifyEd25519, type WitnessProcess } from '../support/index.ts';
import { bringAuthority, bringStaff, makeWorld, type World } from './support/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-lost-log-'));
const registrar = member('registrar');
const forms = makeCases({ seed: 58, nowMs: Date.now(), count: 3 });
const log = createServerLog(() => undefined);
const listen = { host: '127.0.0.1', port: 0 };
const folder = join(directory, 'desk');
const place = { directory: join(directory, 'platform'), surroundings: realSurroundings };

let witness: WitnessProcess;
let world: World;
let desk: Workstation;
let next: RunningServer | undefined;
const closing: (() => Promise<void>)[] = [];

function openDesk(at: string): Workstation {
  return openWorkstation({
    directory: at,
    store: world.store,
    prompt: playedPrompt(registrar),
    kind: 'import-station',
  });
}

beforeAll(async () => {
  const witnessed = async (logKey: string): Promise<string> => {
    witness = await startWitnessProcess(join(directory, 'witness'), logKey);
    return witness.policy;
  };
  world = await makeWorld(directory, { profile: 'demo', witnessed });
  desk = openDesk(folder);
  const certificateId = await certificateOf(desk, registrar);
  must(await desk.enrol({ code: await world.invitation(), name: 'Desk 1', certificateId }));
  must(await desk.startShift(certificateId));
}, 120_000);

afterAll(async () => {
  await desk.close();
  for (const close of closing) await close();
  await next?.close();
  await witness.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function submit(n: number, at = desk) {
  const { platform } = at;
  const form = forms[n];
  if (form === undefined || platform === undefined) throw new Error('a form, and a shift');
  return at.sign({ type: 'registration.submit', caseId: caseIdOf(platform, form.number), form });
}

async function isProven(actionId: string, level: 'log' | 'external', at = desk): Promise<boolean> {
  const { items } = must(await at.listJournal({ before: null, limit: 100, onlyActs: true }));
  const act = items.find((item) => item.act?.actionId === actionId)?.act;
  if (act?.state !== 'logged') return false;
  const { attestation } = must(await at.readLogEntry(act.logIndex ?? -1));
  return level === 'log' || attestation?.level === 'external';
}

async function filesOf(actionId: string, at: Workstation): Promise<Pick<ReceiptQuestion, 'proof' | 'act' | 'logKey'>> {
  const files = must(await at.exportAct(actionId));
  const textOf = (suffix: string): string =>
    Buffer.from(files.find(({ name }) => name.endsWith(suffix))?.bytes ?? []).toString('utf8');
  return { proof: textOf('.tlog-proof'), act: textOf('.act.json'), logKey: textOf('.vkey').trim() };
}

let old: Awaited<ReturnType<typeof filesOf>>;
let oldAct: string;
let lastHead: string;

it('works on the old log until its key is stolen, with an act that a witness vouches for', async () => {
  ({ actionId: oldAct } = must(await submit(0)));
  await until(() => isProven(oldAct, 'external'));
  old = await filesOf(oldAct, desk);
  lastHead = must(parseProof(old.proof)).checkpoint;
}, 60_000);

it('learns at its next contact that the key was stolen, alarms, stops, and says what to do next', async () => {
  const { port } = new URL(world.server.url);
  await world.server.close();
  must(await submit(1));
  must(await declareLogLost(place));
  const options = { ...place, profile: 'demo', listen, log } as const;
  for (const refused of [await startServer(options), await rotateLogKey(place)])
    expect(!refused.ok && refused.refusal.code).toBe('log-compromised');
  const lost = must(await declareLogLost(place));
  const server = must(await serveLostLog(lost, { ...place, log, listen: { host: '127.0.0.1', port: Number(port) } }));
  closing.push(server.close);
  desk.syncNow();
  await until(() => desk.phase() === 'quarantined');
  await until(() => desk.app().status.alarms.length > 0);
  const app = desk.app();
  expect(app.quarantine).toBe('log-compromised');
  expect(app.status.alarms).toMatchObject([{ code: 'log-compromised', isStanding: true }]);
  expect(app.status.outbox.waiting).toBe(1);
  const signed = await submit(2);
  expect(!signed.ok && signed.refusal.code).toBe('vault-quarantined');
  must(await desk.acknowledgeAlarm(app.status.alarms[0]?.id ?? ''));
  expect(desk.app().status.alarms).toMatchObject([{ code: 'log-compromised', isStanding: true }]);
}, 60_000);

it('stays stopped over a restart, and refuses to be enrolled at the lost log again', async () => {
  await desk.close();
  desk = openDesk(folder);
  const certificateId = await certificateOf(desk, registrar);
  must(await desk.startShift(certificateId));
  expect([desk.phase(), desk.app().quarantine]).toEqual(['quarantined', 'log-compromised']);
  // Whoever has a copy of the lost platform still runs it.
  const copy = join(directory, 'platform-copy');
  execFileSync('cp', ['-a', place.directory, copy]);
  rmSync(join(copy, 'log-compromise.json'));
  rmSync(join(copy, 'server.json'), { force: true });
  const thief = must(await startServer({ ...place, directory: copy, profile: 'demo', listen, log }));
  const { code } = await thief.administration.enrolCode();
  const invitation = formatInvitation({ url: thief.url, spki: thief.pin.spki as Sha256Hex, code });
  const again = await desk.enrol({ code: invitation, name: 'Desk 1', certificateId });
  await thief.close();
  expect(!again.ok && again.refusal.code).toBe('log-origin-lost');
  expect([desk.phase(), readdirSync(folder).filter((name) => name.startsWith('vault-'))]).toEqual(['quarantined', []]);
}, 60_000);

it('is enrolled at the new log, keeps the old journal beside, and signs and proves again', async () => {
  const url = 'https://127.0.0.1:0';
  const newPlace = { directory: join(directory, 'platform-2'), surroundings: realSurroundings };
  const about = {
    profile: 'demo',
    operatorName: operator.name,
    url,
    platform: 'synaq2',
    supersedes: lastHead,
  } as const;
  must(await initPlatform({ ...newPlace, ...about }));
  next = must(await startServer({ ...newPlace, profile: 'demo', listen, log }));
  await bringAuthority(next.administration, world.ca);
  await bringStaff(next.administration, world.cards);
  const { code } = await next.administration.enrolCode();
  const invitation = formatInvitation({ url: next.url, spki: next.pin.spki as Sha256Hex, code });
  const certificateId = await certificateOf(desk, registrar);
  must(await desk.enrol({ code: invitation, name: 'Desk 1', certificateId }));
  expect([desk.phase(), desk.app().quarantine, desk.app().status.alarms]).toEqual(['locked', null, []]);
  must(await desk.startShift(certificateId));
  expect(desk.platform).toBe('synaq2');
  const { actionId } = must(await submit(1));
  await until(() => isProven(actionId, 'log'));
  expect(desk.app().status.alarms).toEqual([]);
  const fresh = await filesOf(actionId, desk);
  expect(verifyReceipt({ ...fresh, sha256, verifyEd25519 })).toMatchObject({
    verdict: 'good',
    facts: { origin: 'demo.qorgan.synaq2' },
  });
}, 60_000);

it('leaves the old journal whole, and its receipts good up to the last head that the witness vouches for', async () => {
  await desk.close();
  const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('vault-ended-'));
  const archive = join(directory, 'archive');
  const reader = openDesk(archive);
  await reader.close();
  renameSync(join(folder, aside), join(archive, 'vault'));
  desk = openDesk(archive);
  await until(() => desk.phase() === 'locked');
  must(await desk.startShift(await certificateOf(desk, registrar)));
  expect(desk.phase()).toBe('quarantined');
  expect(must(await desk.checkJournal()).acts).toBe(2);
  expect(await filesOf(oldAct, desk)).toEqual(old);
  const witnesses = must(parseWitnessPolicy(sha256, witness.policy));
  const question = { ...old, witnesses, sha256, verifyEd25519, verifyMlDsa44 };
  const verdict = verifyReceipt(question);
  expect(upToLastHead(verdict, question, lastHead)).toMatchObject({ verdict: 'good', facts: { level: 'external' } });
  // Without a witness the stolen key could have said all of it.
  const alone = { ...old, witnesses: { ...witnesses, quorum: 'none' }, sha256, verifyEd25519, verifyMlDsa44 };
  expect(upToLastHead(verifyReceipt(alone), alone, lastHead)).toMatchObject({ verdict: 'cannot-tell' });
  const first = JSON.parse(readFileSync(join(place.directory, 'log-compromise.json'), 'utf8')) as {
    readonly origin: string;
  };
  expect(verdict.verdict === 'good' && verdict.facts.origin).toBe(first.origin);
}, 60_000);
