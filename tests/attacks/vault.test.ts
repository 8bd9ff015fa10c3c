import { afterEach, expect, test } from 'vitest';
import { caseHashStart, nextCaseHash } from '../../core/signing/index.ts';
import { sha256, sha256Hex } from '../../native/vault-host/hash.ts';
import { formOf, newCaseId, registrar, uuidV7 } from '../vault/acts.ts';
import { startMs } from '../vault/platform.ts';
import { enrolledVault, submitCases, type Enrolled } from '../vault/vault.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

async function promised(deadlineMs: number) {
  enrolled = await enrolledVault();
  const { vault, platform, epoch } = enrolled;
  const [act] = await submitCases(vault, 1);
  if (act === undefined) throw new Error('no act');
  const { promise } = platform.take(act, epoch, 'accepted', deadlineMs);
  const document = { document: promise.document, signatures: [...promise.signatures] };
  const entry = { kind: 'promise', body: { actionId: act.actionId, document } } as const;
  await vault.must('entries.append', { entry, atMs: startMs + 10 });
  return { vault, actionId: act.actionId };
}

test('a promise for the year 9999 falls due like every other: the policy that was pinned says when', async () => {
  const { vault, actionId } = await promised(253_402_300_799_999);
  const { toProve } = await vault.must('outbox.next', { limit: 10 });
  expect(toProve).toMatchObject([{ actionId, deadlineMs: startMs + 10 + 2_000 }]);
  const alarm = { kind: 'alarm', body: { code: 'promise-overdue', actionId } } as const;
  expect(await vault.code('entries.append', { entry: alarm, atMs: startMs + 1_000 })).toBe('entry-malformed');
  expect((await vault.must('entries.append', { entry: alarm, atMs: startMs + 3_000 })).act).toMatchObject({ state: 'overdue' });
});

test('a promise that was due before it came is not overdue in the moment of its coming', async () => {
  const { vault, actionId } = await promised(startMs - 86_400_000);
  const alarm = { kind: 'alarm', body: { code: 'promise-overdue', actionId } } as const;
  expect(await vault.code('entries.append', { entry: alarm, atMs: startMs + 20 })).toBe('entry-malformed');
});

function told(caseId: ReturnType<typeof newCaseId>, position: number, revision: number, event: Record<string, unknown>, before = caseHashStart) {
  const hash = sha256Hex(`act ${position}`);
  const act = { id: uuidV7(startMs), type: 'registration.submit', hash, device: '00000000-0000-4000-8000-000000000000', actorName: 'A', claimedAtMs: startMs, receivedAtMs: startMs, leafIndex: 7 };
  return { position, case: caseId, revision, hash: nextCaseHash(sha256, before, hash), act, event: { by: registrar, atMs: startMs, ...event } };
}

test('a feed that leaves out, repeats or swaps a revision of a case changes nothing', async () => {
  enrolled = await enrolledVault();
  const { vault } = enrolled;
  const caseId = newCaseId();
  const first = told(caseId, 1, 1, { type: 'submitted', form: formOf(1) });
  const skipped = told(caseId, 2, 3, { type: 'approved', note: '' }, first.hash);
  const forked = told(caseId, 2, 2, { type: 'approved', note: '' });
  const unsubmitted = told(newCaseId(), 2, 1, { type: 'approved', note: '' });
  for (const changes of [[first, skipped], [first, forked], [first, unsubmitted], [first, { ...first, position: 2 }]]) {
    expect(await vault.code('cases.apply', { position: 2, changes: changes as never })).toBe('changes-out-of-order');
  }
  expect((await vault.must('cases.position', null)).position).toBe(0);
});
