import { afterEach, describe, expect, it } from 'vitest';
import { enrolledVault, nextSubmission, passphraseKey, submitCases, type Enrolled } from './vault.ts';
import { startMs } from './platform.ts';

let enrolled: Enrolled | undefined;
afterEach(() => enrolled?.vault.dispose());

describe('the journal of a workstation', () => {
  it('is created, bound, written, closed, opened and checked', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    await submitCases(vault, 5);
    await vault.must('vault.close', null);
    expect(await vault.code('heads', null)).toBe('vault-closed');
    const opened = await vault.must('vault.open', passphraseKey(slotId));
    expect(opened).toEqual({ slotId, entries: 7, acts: 5 });
    const report = await vault.must('journal.check', null);
    expect(report).toMatchObject({ entries: 7, acts: 5, cases: 0 });
  });

  it('leads an act from recorded here to its place in the log', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const [act] = await submitCases(vault, 1);
    if (act === undefined) throw new Error('one act');
    expect((await vault.must('outbox.next', { limit: 8 })).toSend).toEqual([
      { actionId: act.actionId, epoch, sequence: 1, envelope: act.envelope, cms: act.cms },
    ]);
    const taken = platform.take(act, epoch);
    const { signatures, document } = taken.promise;
    const promise = { actionId: act.actionId, document: { document, signatures: [...signatures] } };
    const promised = await vault.must('entries.append', {
      entry: { kind: 'promise', body: promise },
      atMs: startMs + 10,
    });
    expect(promised.act).toMatchObject({ state: 'promised', isDone: false, deadlineMs: startMs + 2_000 });
    expect((await vault.must('outbox.next', { limit: 8 })).toSend).toEqual([]);
    const receipt = { actionId: act.actionId, proof: platform.receipt(taken) };
    const proven = await vault.must('entries.append', {
      entry: { kind: 'receipt', body: receipt },
      atMs: startMs + 20,
    });
    expect(proven.act).toMatchObject({ state: 'logged', isDone: true, logIndex: 0, caseNumber: '2026-00001' });
    const again = await vault.must('entries.append', { entry: { kind: 'receipt', body: receipt }, atMs: startMs + 30 });
    expect(again).toEqual(proven);
    expect((await vault.must('acts.get', { actionId: act.actionId })).receipt).toBe(receipt.proof);
    expect(await vault.must('journal.check', null)).toMatchObject({ entries: 5, acts: 1 });
  });

  it('answers the same bytes with the same entry and other bytes with a refusal', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const act = await nextSubmission(vault, 1);
    const input = { envelope: act.envelope, cms: act.cms, atMs: startMs + 1 };
    const first = await vault.must('acts.append', input);
    expect(await vault.must('acts.append', { ...input, atMs: startMs + 500 })).toEqual(first);
    expect(await vault.code('acts.append', { ...input, cms: 'AAAA' })).toBe('id-reused');
  });
});
