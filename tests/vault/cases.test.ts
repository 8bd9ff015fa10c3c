import { afterEach, describe, expect, it } from 'vitest';
import type { Change } from '../../contracts/http/index.ts';
import type { VaultInput } from '../../contracts/vault-host/index.ts';
import type { RegistrationEvent } from '../../core/actions/index.ts';
import type { CaseId, Iin, Sha256Hex } from '../../core/kernel/index.ts';
import { caseHashStart, nextCaseHash } from '../../core/signing/index.ts';
import { sha256, sha256Hex } from '../../native/vault-host/hash.ts';
import { actOf, formOf, newCaseId, registrar, reviewer, uuidV7 } from './acts.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled, type TestVault } from './vault.ts';
import { startMs } from './platform.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

/** What a server would tell: it numbers changes and keeps the hash of each case. */
class Teller {
  #position = 0;
  readonly #cases = new Map<CaseId, { readonly revision: number; readonly hash: Sha256Hex }>();

  tell(
    caseId: CaseId,
    event: RegistrationEvent,
    act?: { readonly actionId: string; readonly hash: Sha256Hex },
  ): Change {
    const before = this.#cases.get(caseId) ?? { revision: 0, hash: caseHashStart };
    this.#position += 1;
    const id = act?.actionId ?? uuidV7(startMs + this.#position);
    const actHash = act?.hash ?? sha256Hex(id);
    const revision = before.revision + 1;
    const hash = nextCaseHash(sha256, before.hash, actHash);
    this.#cases.set(caseId, { revision, hash });
    const times = { claimedAtMs: startMs, receivedAtMs: startMs + this.#position };
    const told = {
      id,
      type: 'registration.x',
      hash: actHash,
      device: '11111111-1111-4111-8111-111111111111',
      actorName: 'Серік',
      leafIndex: this.#position,
      ...times,
    };
    return { position: this.#position, case: caseId, revision, hash, act: told, event } as unknown as Change;
  }
}

const submitted = (n: number, by: Iin = registrar): RegistrationEvent => ({
  type: 'submitted',
  by,
  atMs: startMs + n,
  form: formOf(n),
});
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

async function apply(vault: TestVault, changes: readonly Change[]) {
  return vault.must('cases.apply', { position: changes.at(-1)?.position ?? 0, changes: [...changes] });
}

describe('cases', () => {
  it('are folded from what the server tells, listed, searched and kept', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const teller = new Teller();
    const ids = [1, 2, 3].map(newCaseId);
    const [first, second] = ids as [CaseId, CaseId];
    const changes = ids.map((caseId, i) => teller.tell(caseId, submitted(i + 1)));
    changes.push(teller.tell(first, { type: 'claimed', by: reviewer, atMs: startMs, untilMs: startMs + 100 }));
    changes.push(teller.tell(first, { type: 'approved', by: reviewer, atMs: startMs, note: '' }));
    changes.push(teller.tell(second, { type: 'claimed', by: reviewer, atMs: startMs, untilMs: startMs + 100 }));
    expect((await apply(vault, changes)).position).toBe(6);
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
    expect(await count({ openFor: { iin: formOf(3).person.iin, nowMs: startMs + 50 } })).toBe(1);
    expect(await count({ openFor: { iin: formOf(3).person.iin, nowMs: startMs + 100 } })).toBe(2);
    const one = await vault.must('cases.get', { caseId: first });
    expect(one.history.map(({ event }) => event.type)).toEqual(['submitted', 'claimed', 'approved']);
    expect(await vault.must('journal.check', null)).toMatchObject({ cases: 3 });
  });

  it('refuse changes that leave something out, and pass over what is held', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = new Teller();
    const caseId = newCaseId();
    const one = teller.tell(caseId, submitted(1));
    const two = teller.tell(caseId, { type: 'claimed', by: reviewer, atMs: startMs, untilMs: startMs + 9 });
    const three = teller.tell(caseId, { type: 'released', by: reviewer, atMs: startMs });
    const code = (changes: Change[], position = 3) => vault.code('cases.apply', { position, changes });
    expect(await code([two])).toBe('changes-out-of-order');
    expect(await code([one, three])).toBe('changes-out-of-order');
    expect(await code([one, { ...two, hash: one.hash }])).toBe('changes-out-of-order');
    expect(await code([one, two], 1)).toBe('changes-out-of-order');
    expect(await vault.must('cases.position', null)).toEqual({ position: 0 });
    expect(await code([one, two], 2)).toBe('done');
    expect(await code([one, two, three])).toBe('done');
    expect((await vault.must('cases.get', { caseId })).revision).toBe(3);
  });

  it('show own acts at once, and as confirmed when the server tells them', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = new Teller();
    const caseId = newCaseId();
    await apply(vault, [teller.tell(caseId, submitted(1))]);
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
    const { hash } = await vault.must('acts.append', { envelope: claim.envelope, cms: claim.cms, atMs: startMs + 5 });
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
    const event: RegistrationEvent = { type: 'claimed', by: reviewer, atMs: startMs + 6, untilMs: startMs + 1_800_006 };
    await apply(vault, [teller.tell(caseId, event, { actionId: claim.actionId, hash })]);
    const told = await vault.must('cases.get', { caseId });
    expect(told).toMatchObject({ revision: 2, hash: laid.hash, pending: [], confirmed: { revision: 2 } });
    expect(told.history.at(-1)).toMatchObject({ isConfirmed: true, actionId: claim.actionId, state: 'recorded' });
  });

  it('leave out an own act that somebody overtook', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const teller = new Teller();
    const caseId = newCaseId();
    await apply(vault, [teller.tell(caseId, submitted(1))]);
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
    await apply(vault, [teller.tell(caseId, { type: 'claimed', by: other, atMs: startMs + 4, untilMs: startMs + 99 })]);
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
