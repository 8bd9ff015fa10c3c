import { afterEach, describe, expect, it } from 'vitest';
import type { StaffGrant } from '../../core/access/index.ts';
import { caseHashStart } from '../../core/signing/index.ts';
import type { ToldChange } from '../../contracts/vault-host/index.ts';
import { actOf, iinOf, newCaseId, registrar } from './acts.ts';
import { startMs } from './platform.ts';
import { Teller } from './teller.ts';
import { enrolledVault, passphraseKey, type Enrolled } from './vault.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

const record: StaffGrant = {
  ...{ iin: iinOf(7), name: 'Жаңа Қызметкер', employeeNumber: 'T-7', roles: ['reviewer'], certificates: [] },
  ...{ validFromMs: startMs, validUntilMs: null, standing: 'active', contract: null },
};
const text = { reason: 'New duties', basis: 'Order 7' };
const payload = { change: { kind: 'staff', before: null, record }, ...text } as const;
const officer = iinOf(31);
const manager = iinOf(32);

async function start() {
  enrolled = await enrolledVault();
  const { vault } = enrolled;
  const next = await vault.must('acts.next', { nowMs: startMs });
  const apply = (feed: 'cases' | 'access', changes: ToldChange[]) =>
    vault.must(feed === 'cases' ? 'cases.apply' : 'access.apply', { changes });
  return { vault, next, apply, cases: new Teller(next), access: new Teller(next) };
}

const proposed = (access: Teller, caseId = newCaseId()): ToldChange =>
  access.act({ caseId, type: 'access.propose', payload, by: officer });
const confirmed = ({ case: caseId }: ToldChange, access: Teller): ToldChange =>
  access.act({ caseId, type: 'access.confirm', payload: {}, by: manager });

describe('changes of rights', () => {
  it('come by a feed of their own, whose positions are not those of the registrations', async () => {
    const { vault, apply, cases, access } = await start();
    const first = proposed(access);
    expect(await apply('access', [first, confirmed(first, access)])).toMatchObject({ position: 2, forged: [] });
    const registration = cases.submitted(newCaseId(), 1);
    expect(await apply('cases', [registration])).toMatchObject({ position: 1, forged: [] });
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(enrolled.slotId));
    expect([await vault.must('access.position', null), await vault.must('cases.position', null)]).toEqual([
      { position: 2 },
      { position: 1 },
    ]);
    const { items } = await vault.must('access.list', { after: 0, limit: 50 });
    expect(items).toMatchObject([
      { caseId: first.case, state: { status: 'confirmed', change: { record } }, told: { position: 2 } },
    ]);
    expect((await vault.must('access.get', { caseId: first.case })).history.map(({ event }) => event.type)).toEqual([
      'proposed',
      'confirmed',
    ]);
    // Both feeds have a change at position 1, and the signature of each is kept.
    for (const { case: caseId, act, envelope, cms } of [first, registration])
      expect(await vault.must('cases.signature', { caseId, actionId: act.id })).toMatchObject({ envelope, cms });
    expect(await vault.must('journal.check', null)).toMatchObject({ cases: 2 });
  });

  it('are no registrations, and a feed tells nothing of the other kind', async () => {
    const { vault, apply, cases, access } = await start();
    const change = proposed(access);
    const registration = cases.submitted(newCaseId(), 1);
    const foreign = [{ why: 'envelope-foreign' }];
    expect(await apply('cases', [change])).toMatchObject({ forged: foreign });
    expect(await apply('access', [registration])).toMatchObject({ forged: foreign });
    expect(await vault.code('cases.get', { caseId: change.case })).toBe('case-absent');
    expect(await vault.code('access.get', { caseId: registration.case })).toBe('case-absent');
    expect((await vault.must('access.list', { after: 0, limit: 50 })).items).toEqual([]);
  });

  it('stop where one of them was made up: nobody confirms his own, and nothing unsigned counts', async () => {
    const { vault, apply, access } = await start();
    const first = proposed(access);
    const own = access.act({ caseId: first.case, type: 'access.confirm', payload: {}, by: officer });
    const unsigned = { ...proposed(access), signer: null };
    const answer = await apply('access', [first, own, unsigned]);
    expect(answer.forged.map(({ why }) => why)).toEqual(['act-not-allowed', 'signature-not-verified']);
    const { items } = await vault.must('access.list', { after: 0, limit: 50 });
    expect(items.map(({ state }) => state.status)).toEqual(['proposed']);
  });

  it('that were signed here are shown at once, and stand on what the feed told apart from that', async () => {
    const { vault, next, apply, access } = await start();
    const caseId = newCaseId();
    const own = actOf({
      next,
      type: 'access.propose',
      payload,
      caseId,
      revision: 0,
      hash: caseHashStart,
      atMs: startMs,
    });
    await vault.must('acts.append', { envelope: own.envelope, cms: own.cms, atMs: startMs });
    const listed = async () => (await vault.must('access.list', { after: 0, limit: 50 })).items;
    expect(await listed()).toMatchObject([
      { caseId, state: { author: registrar }, pending: [own.actionId], told: null },
    ]);
    await apply('access', [access.tell(caseId, own)]);
    expect(await listed()).toMatchObject([{ caseId, pending: [], told: { position: 1 } }]);
    const other = proposed(access);
    await apply('access', [other]);
    const first = await vault.must('access.list', { after: 0, limit: 1 });
    const second = await vault.must('access.list', { after: first.mark, limit: 1 });
    const ids = [first, second].flatMap(({ items }) => items.map((one) => one.caseId));
    expect(new Set(ids)).toEqual(new Set([caseId, other.case]));
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
    // Only what was touched since is told again.
    expect(await vault.must('access.list', { after: second.mark, limit: 50 })).toMatchObject({ items: [] });
    const confirm = access.act({ caseId, type: 'access.confirm', payload: {}, by: officer });
    await apply('access', [confirm]);
    const since = await vault.must('access.list', { after: second.mark, limit: 50 });
    expect(since.items.map((one) => [one.caseId, one.state.status])).toEqual([[caseId, 'confirmed']]);
  });
});
