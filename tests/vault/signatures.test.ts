import { afterEach, expect, test } from 'vitest';
import type { CaseId } from '../../core/kernel/index.ts';
import { actOf, newCaseId, registrar, reviewer } from './acts.ts';
import { startMs } from './platform.ts';
import { Teller } from './teller.ts';
import { enrolledVault, passphraseKey, type Enrolled } from './vault.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

async function started(): Promise<{ readonly teller: Teller; readonly caseId: CaseId }> {
  enrolled = await enrolledVault();
  return { teller: new Teller(await enrolled.vault.must('acts.next', { nowMs: startMs })), caseId: newCaseId() };
}

test('the signature of a colleague is kept as it was told, over a lock and a start', async () => {
  const { teller, caseId } = await started();
  const { vault, slotId } = enrolled;
  const told = teller.submitted(caseId, 1, registrar);
  await vault.must('cases.apply', { changes: [told, teller.claimed(caseId, reviewer)] });
  await vault.must('vault.close', null);
  await vault.must('vault.open', passphraseKey(slotId));
  expect(await vault.must('cases.signature', { caseId, actionId: told.act.id })).toEqual({
    envelope: told.envelope,
    cms: told.cms,
    receivedAtMs: told.act.receivedAtMs,
    recordedAtMs: null,
  });
});

test('nothing is kept of an act that did not hold, and nothing is given out under another case', async () => {
  const { teller, caseId } = await started();
  const { vault } = enrolled;
  const told = teller.submitted(caseId, 1);
  const bad = { ...teller.claimed(caseId, reviewer), signer: null };
  await vault.must('cases.apply', { changes: [told, bad] });
  expect(await vault.code('cases.signature', { caseId, actionId: bad.act.id })).toBe('act-absent');
  expect(await vault.code('cases.signature', { caseId: newCaseId(), actionId: told.act.id })).toBe('act-absent');
});

test('that of an own act comes from its journal entry, before the server tells it and after', async () => {
  const { teller, caseId } = await started();
  const { vault } = enrolled;
  await vault.must('cases.apply', { changes: [teller.submitted(caseId, 1)] });
  const { revision, hash } = await vault.must('cases.get', { caseId });
  const next = await vault.must('acts.next', { nowMs: startMs });
  const claim = actOf({
    ...{ next, caseId, revision, hash, iin: reviewer, atMs: startMs + 5 },
    ...{ type: 'registration.claim', payload: {} },
  });
  const { envelope, cms, actionId } = claim;
  await vault.must('acts.append', { envelope, cms, atMs: startMs + 5 });
  const own = { envelope, cms, recordedAtMs: startMs + 5 };
  expect(await vault.must('cases.signature', { caseId, actionId })).toEqual({ ...own, receivedAtMs: null });
  await vault.must('cases.apply', { changes: [teller.tell(caseId, claim, startMs + 6)] });
  expect(await vault.must('cases.signature', { caseId, actionId })).toEqual({ ...own, receivedAtMs: startMs + 6 });
});
