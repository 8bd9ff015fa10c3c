import { afterEach, describe, expect, it } from 'vitest';
import type { ToldChange, VaultInput } from '../../contracts/vault-host/index.ts';
import type { CaseId } from '../../core/kernel/index.ts';
import { caseHashStart } from '../../core/signing/index.ts';
import { actOf, formOf, newCaseId, registrar, reviewer } from './acts.ts';
import { startMs, TestPlatform } from './platform.ts';
import { Teller } from './teller.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled, type TestVault } from './vault.ts';

const { claimTtlMs } = new TestPlatform().policy().registration;
let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

async function tellerFor(vault: TestVault): Promise<Teller> {
  return new Teller(await vault.must('acts.next', { nowMs: startMs }));
}

const everything: VaultInput<'cases.list'> = {
  statuses: [],
  query: '',
  claimedBy: null,
  decidedBy: null,
  notSubmittedBy: null,
  openFor: null,
  sort: 'oldest',
  offset: 0,
  limit: 50,
  withState: false,
};

async function apply(vault: TestVault, changes: readonly ToldChange[]) {
  return vault.must('cases.apply', { changes: [...changes] });
}

describe('cases', () => {
  it('are folded from the acts that the server tells, listed, searched and kept', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const teller = await tellerFor(vault);
    const ids = [1, 2, 3].map(newCaseId);
    const [first, second] = ids as [CaseId, CaseId];
    const changes = ids.map((caseId, i) => teller.submitted(caseId, i + 1));
    changes.push(teller.claimed(first, reviewer), teller.approved(first, reviewer), teller.claimed(second, reviewer));
    expect(await apply(vault, changes)).toMatchObject({ position: 6, forged: [] });
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await vault.must('cases.position', null)).toEqual({ position: 6 });
    const all = await vault.must('cases.list', everything);
    expect(all.items.map(({ status }) => status)).toEqual(['approved', 'claimed', 'submitted']);
    expect(all.byStatus).toEqual({ submitted: 1, claimed: 1, returned: 0, approved: 1, refused: 0 });
    const count = async (changed: object): Promise<number> =>
      (await vault.must('cases.list', { ...everything, ...changed })).total;
    expect(await count({ query: 'әбілқас 00002' })).toBe(1);
    expect(await count({ statuses: ['approved'] })).toBe(1);
    expect(await count({ decidedBy: reviewer })).toBe(1);
    expect(await count({ openFor: { iin: registrar, nowMs: startMs } })).toBe(0);
    expect(await count({ openFor: { iin: reviewer, nowMs: startMs } })).toBe(2);
    expect(await count({ openFor: { iin: formOf(3).person.iin, nowMs: startMs + claimTtlMs - 1 } })).toBe(1);
    expect(await count({ openFor: { iin: formOf(3).person.iin, nowMs: startMs + claimTtlMs } })).toBe(2);
    const one = await vault.must('cases.get', { caseId: first });
    expect(one.history.map(({ event }) => event.type)).toEqual(['submitted', 'claimed', 'approved']);
    expect(one.history.map(({ actorName }) => actorName)).toEqual(['Серік', 'Серік', 'Серік']);
    expect(await vault.must('journal.check', null)).toMatchObject({ cases: 3 });
  });

  it('refuse a feed with a gap, at its start, in it or far ahead, and pass over what is held', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = await tellerFor(vault);
    const caseId = newCaseId();
    const one = teller.submitted(caseId, 1);
    const two = teller.claimed(caseId, reviewer);
    const three = teller.act({ caseId, type: 'registration.release', payload: {}, by: reviewer });
    const code = (changes: ToldChange[]) => vault.code('cases.apply', { changes });
    expect(await code([two])).toBe('changes-out-of-order');
    expect(await code([one, three])).toBe('changes-out-of-order');
    expect(await code([{ ...one, position: 1_000_000 }])).toBe('changes-out-of-order');
    expect(await vault.must('cases.position', null)).toEqual({ position: 0 });
    expect(await code([one, two])).toBe('done');
    expect(await code([one, two, three])).toBe('done');
    expect((await vault.must('cases.get', { caseId })).revision).toBe(3);
  });

  it('show own acts at once, and as confirmed when the server tells them', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = await tellerFor(vault);
    const caseId = newCaseId();
    await apply(vault, [teller.submitted(caseId, 1)]);
    const before = await vault.must('cases.get', { caseId });
    const next = await vault.must('acts.next', { nowMs: startMs });
    const claim = actOf({
      next,
      type: 'registration.claim',
      payload: {},
      caseId,
      revision: before.revision,
      hash: before.hash,
      atMs: startMs + 5,
      iin: reviewer,
    });
    await vault.must('acts.append', { envelope: claim.envelope, cms: claim.cms, atMs: startMs + 5 });
    const laid = await vault.must('cases.get', { caseId });
    expect(laid).toMatchObject({
      state: { status: 'claimed' },
      revision: 2,
      pending: [claim.actionId],
      confirmed: { revision: 1 },
    });
    expect((await vault.must('cases.list', everything)).items[0]).toMatchObject({
      status: 'claimed',
      pending: [claim.actionId],
    });
    await apply(vault, [teller.tell(caseId, claim, startMs + 6)]);
    const told = await vault.must('cases.get', { caseId });
    expect(told).toMatchObject({ revision: 2, hash: laid.hash, pending: [], confirmed: { revision: 2 } });
    expect(told.history.at(-1)).toMatchObject({ isConfirmed: true, actionId: claim.actionId, state: 'recorded' });
  });

  it('take an own act that was refused after a block like any other once the server tells it, with the place that the feed names', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const teller = await tellerFor(vault);
    const next = await vault.must('acts.next', { nowMs: startMs });
    const caseId = newCaseId();
    const place = { caseId, revision: 0, hash: caseHashStart };
    const act = actOf({ next, type: 'registration.submit', payload: { form: formOf(1) }, ...place, atMs: startMs });
    await vault.must('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs });
    const taken = platform.take(act, epoch, 'refused:actor-blocked');
    const body = { actionId: act.actionId, proof: platform.receipt(taken) };
    const receipt = await vault.must('entries.append', { entry: { kind: 'receipt', body }, atMs: startMs + 5 });
    expect(receipt.act).toMatchObject({ state: 'refused', refusal: 'actor-blocked', isDone: true });
    expect(await vault.code('cases.get', { caseId })).toBe('case-absent');
    const told = teller.tell(caseId, act, startMs + 60_000);
    const again = { ...told, act: { ...told.act, leafIndex: 77 } };
    expect(await apply(vault, [again])).toMatchObject({ position: 1, forged: [], changed: [caseId] });
    const { state, pending, history } = await vault.must('cases.get', { caseId });
    expect([state.status, pending]).toEqual(['submitted', []]);
    const accepted = { actionId: act.actionId, state: null, logIndex: 77, attestation: null };
    expect(history).toMatchObject([{ ...accepted, event: { type: 'submitted', atMs: startMs + 60_000 } }]);
    const acts = await vault.must('people.acts', { iin: registrar, offset: 0, limit: 5 });
    expect(acts.items).toMatchObject([{ actionId: act.actionId, state: null, logIndex: 77 }]);
    // The journal says for ever what the log said first.
    const [entry] = (await vault.must('acts.list', { before: null, limit: 1 })).items;
    expect(entry).toMatchObject({ state: 'refused', refusal: 'actor-blocked', logIndex: taken.index });
    expect(await vault.must('journal.check', null)).toMatchObject({ cases: 1, acts: 1 });
  });

  it('leave out an own act that somebody overtook', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = await tellerFor(vault);
    const caseId = newCaseId();
    await apply(vault, [teller.submitted(caseId, 1)]);
    const { revision, hash } = await vault.must('cases.get', { caseId });
    const next = await vault.must('acts.next', { nowMs: startMs });
    const claim = actOf({
      next,
      type: 'registration.claim',
      payload: {},
      caseId,
      revision,
      hash,
      atMs: startMs + 5,
      iin: reviewer,
    });
    await vault.must('acts.append', { envelope: claim.envelope, cms: claim.cms, atMs: startMs + 5 });
    const other = formOf(77).person.iin;
    await apply(vault, [teller.claimed(caseId, other)]);
    expect(await vault.must('cases.get', { caseId })).toMatchObject({ state: { claim: { by: other } }, pending: [] });
  });

  it('that only exist here are shown too', async () => {
    enrolled = await enrolledVault();
    await submitCases(enrolled.vault, 2);
    const { items } = await enrolled.vault.must('cases.list', { ...everything, withState: true });
    expect(items.map(({ number, pending, state }) => [number, pending.length, state?.status])).toEqual([
      ['2026-00001', 1, 'submitted'],
      ['2026-00002', 1, 'submitted'],
    ]);
  });
});
