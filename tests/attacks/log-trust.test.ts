import { afterEach, expect, test } from 'vitest';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { openNote, parseNoteKey } from '../../core/log/index.ts';
import type { CosignerRecord, SignedDocument } from '../../core/signing/index.ts';
import type { NewEntry } from '../../contracts/vault-host/index.ts';
import { must, until } from '../../dev/demo/index.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import type { Shift } from '../../main/engine/context.ts';
import { readEnrolment } from '../../main/engine/enrolment.ts';
import type { EngineLogEntry } from '../../main/engine/ports.ts';
import { SyncLoop } from '../../main/engine/sync/loop.ts';
import { startMs } from '../vault/platform.ts';
import { enrolledVault, submitCases, type Enrolled } from '../vault/vault.ts';
import { bearer, playedEngine } from './played-desk.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

/** A vault with one act that waits, and what an honest log says of it. */
async function waitingAct() {
  enrolled = await enrolledVault();
  const { vault, platform, epoch } = enrolled;
  const [act] = await submitCases(vault, 1);
  if (act === undefined) throw new Error('an act');
  const fork = platform.fork();
  fork.take(act, epoch);
  const taken = platform.take(act, epoch);
  const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
  const { actionId } = act;
  const good: readonly NewEntry[] = [
    { kind: 'outcome', body: { actionId, refusal: 'server-busy' } },
    { kind: 'promise', body: { actionId, document } },
    { kind: 'receipt', body: { actionId, proof: platform.receipt(taken) } },
    { kind: 'checkpoint', body: { note: platform.checkpoint() } },
    { kind: 'log-key', body: platform.rotate() as Extract<NewEntry, { kind: 'log-key' }>['body'] },
  ];
  return { good, heads: { own: good[3]?.kind === 'checkpoint' ? good[3].body.note : '', other: fork.checkpoint() } };
}

type Waiting = Awaited<ReturnType<typeof waitingAct>>;

const append = (entry: NewEntry) => enrolled.vault.code('entries.append', { entry, atMs: startMs + 1_000 });

/** Both heads are of one size: no proof can explain them. */
async function alarmed({ heads }: Waiting): Promise<void> {
  expect(await append({ kind: 'alarm', body: { code: 'log-forked', heads } })).toBe('done');
}

const codesOf = async ({ good }: Waiting): Promise<readonly string[]> => {
  const codes: string[] = [];
  for (const entry of good) codes.push(await append(entry));
  return codes;
};

test('nothing good that the server says is taken by the vault while an alarm about its log stands', async () => {
  const before = await waitingAct();
  expect(await codesOf(before)).toEqual(before.good.map(() => 'done'));
  enrolled.vault.dispose();
  const waiting = await waitingAct();
  await alarmed(waiting);
  const { entries } = await enrolled.vault.must('heads', null);
  expect(await codesOf(waiting)).toEqual(waiting.good.map(() => 'log-distrusted'));
  expect(await enrolled.vault.code('cases.apply', { changes: [] })).toBe('log-distrusted');
  expect((await enrolled.vault.must('heads', null)).entries).toEqual(entries);
});

/** The sync of a shift over a server that would answer; tells which doors were asked in the rounds that it ran. */
async function doorsOf(
  rounds: number,
  answer: (asked: number, body: unknown) => Result<unknown> = () => refuse('server-busy'),
): Promise<{ readonly doors: readonly string[]; readonly codes: readonly string[] }> {
  const { vault } = enrolled;
  const { enrolment } = await vault.must('vault.status', null);
  const read = readEnrolment(enrolment?.bundle ?? { document: '', signatures: [] });
  if (!read.ok) throw new Error('the vault is bound');
  const doors: string[] = [];
  const codes: string[] = [];
  const call = (door: string, given: { readonly body?: unknown } = {}): Promise<Result<unknown>> => {
    doors.push(door);
    return Promise.resolve(answer(doors.length, given.body));
  };
  const clock = { nowMs: () => startMs + 2_000, monotonicMs: () => performance.now() };
  const log = (entry: EngineLogEntry): void => {
    if (entry.kind === 'sync-failed') codes.push(entry.code);
  };
  const engine = playedEngine({ vault, options: { clock, log, chance: () => 0 } });
  const client = { call, hasSession: true, listen: () => Promise.resolve(ok(() => undefined)) };
  const loop = new SyncLoop(engine, { enrolment: read.value, client, ...bearer } as unknown as Shift);
  await until(() => {
    loop.kick();
    return codes.length >= rounds;
  }, 10_000);
  await loop.stop();
  return { doors, codes };
}

test('the sync gives its own head and asks for nothing while an alarm about the log stands that no proof can explain', async () => {
  const waiting = await waitingAct();
  const before = await doorsOf(2);
  expect([before.doors.includes('contact'), new Set(before.codes)]).toEqual([true, new Set(['server-busy'])]);
  await alarmed(waiting);
  const after = await doorsOf(3);
  expect([new Set(after.doors), new Set(after.codes)]).toEqual([new Set(['cosignatures']), new Set(['log-forked'])]);
});

test('a workstation that was put to rest before others learnt what it saw tells them at its next contact, once', async () => {
  const waiting = await waitingAct();
  const seen = waiting.heads.own;
  expect(await append({ kind: 'checkpoint', body: { note: seen } })).toBe('done');
  await alarmed(waiting);
  const given: unknown[] = [];
  // The line is cut twice more.
  const { doors } = await doorsOf(5, (asked, body) => {
    if (asked < 3) return refuse('server-unreachable');
    given.push(body);
    return ok({ cosignatures: [], position: 0 });
  });
  expect(doors).toEqual(['cosignatures', 'cosignatures', 'cosignatures']);
  const [{ cosigner, note }] = given as [{ cosigner: SignedDocument; note: string }];
  const record = JSON.parse(cosigner.document) as CosignerRecord;
  const key = must(parseNoteKey(sha256, record.key));
  const opened = must(openNote({ note, keys: [key], verifyEd25519 }));
  expect(seen.startsWith(`${opened.text}\n`)).toBe(true);
  // Of what came after the alarm it vouches for nothing.
  const { other } = waiting.heads;
  const cosign = { note: other, hashes: [], atMs: startMs + 2_000 };
  expect(await enrolled.vault.code('log.cosign', cosign)).toBe('log-distrusted');
});
