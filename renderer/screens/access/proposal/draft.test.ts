import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonView, StaffRecordView } from '../../../../contracts/ipc/index.ts';
import { actOf, faultsOf, kindsFor, recordOf, startProposal, type ProposalDraft } from './draft.ts';
import { editField, undo } from './steps.ts';

const nowMs = new Date(2026, 10, 22, 9, 5).getTime();
const day = (dayOfMonth: number, month = 10): number => new Date(2026, month, dayOfMonth).getTime();

const record: StaffRecordView = {
  iin: '880214450137',
  name: 'A. Seitkali',
  employeeNumber: 'T-1',
  roles: ['reviewer'],
  certificates: ['a'.repeat(64)],
  // No midnight: what was not touched stays what it was, to the millisecond.
  validFromMs: nowMs - 86_400_000 * 40 + 17,
  validUntilMs: null,
  standing: 'active',
  contract: null,
};
const hash = 'b'.repeat(64);
const person = { record, summary: { hash } } as PersonView;

const with_ = (draft: ProposalDraft, changes: Partial<ProposalDraft['fields']>): ProposalDraft => ({
  ...draft,
  fields: { ...draft.fields, ...changes },
});
const said = { reason: 'More reviewers', basis: 'Order 7' };
const idsOf = (draft: ProposalDraft, before: StaffRecordView | null = null) =>
  faultsOf(draft, before, nowMs).map(({ id }) => id);
const whole = with_(startProposal('new', null, nowMs), {
  ...{ iin: '880214450137', name: 'A. Seitkali', employeeNumber: 'T-1', roles: ['reviewer'] },
  ...said,
});

describe('the form of a change', () => {
  it('leaves a record that nobody touched exactly as it is, and says that nothing is changed', () => {
    const draft = startProposal('change', record, nowMs);
    expect(recordOf(draft, record, nowMs)).toEqual(record);
    expect(idsOf(with_(draft, said), record)).toEqual(['nothing-changed']);
  });

  it('says so of a contractor too, in whatever order his contract holds its parts', () => {
    const contract = { scope: 'Servers', party: 'Alatau Soft', number: 'D-17' };
    const contractor = { ...record, employeeNumber: null, contract, validUntilMs: day(31) };
    for (const parts of [contract, Object.fromEntries(Object.entries(contract).toReversed()) as typeof contract]) {
      const before = { ...contractor, contract: parts };
      expect(idsOf(with_(startProposal('change', before, nowMs), said), before)).toEqual(['nothing-changed']);
    }
  });

  it('begins with what is open: somebody blocked is unblocked or dismissed, somebody dismissed is taken on again', () => {
    const block = { by: { name: 'B. Ospanov', iin: '790530301120' }, atMs: nowMs, reason: 'Stolen card' };
    const standing = (value: string) => ({ ...person, summary: { ...person.summary, standing: value } }) as PersonView;
    expect(kindsFor({ ...standing('active'), block: null })).toEqual(['change', 'block', 'dismiss']);
    expect(kindsFor({ ...standing('blocked'), block })).toEqual(['unblock', 'dismiss']);
    expect(kindsFor({ ...standing('dismissed'), block })).toEqual(['change']);
  });

  it('comes to an act that names the record it replaces', () => {
    const draft = with_(startProposal('change', record, nowMs), { ...said, roles: ['reviewer', 'registrar'] });
    expect(actOf(draft, person, nowMs)).toEqual({
      type: 'access.propose',
      change: { kind: 'staff', before: hash, record: { ...record, roles: ['reviewer', 'registrar'] } },
      ...said,
    });
  });

  it('puts a reason of several lines into one', () => {
    const draft = with_(startProposal('block', record, nowMs), { reason: ' Stolen \n card', basis: 'Order 7\n' });
    expect(actOf(draft, person, nowMs)).toMatchObject({ reason: 'Stolen card', basis: 'Order 7' });
  });

  it('ends with the last day, which people count in', () => {
    const draft = with_(whole, { from: '23.11.2026', until: '30.11.2026' });
    const made = recordOf(draft, null, nowMs);
    expect([made.validFromMs, made.validUntilMs]).toEqual([day(23), day(1, 11)]);
    expect(recordOf(startProposal('change', made, nowMs), made, nowMs)).toEqual(made);
  });

  it('dismisses, unblocks and blocks without touching anything else', () => {
    const draft = (kind: 'dismiss' | 'unblock' | 'block') => with_(startProposal(kind, record, nowMs), said);
    expect(recordOf(draft('dismiss'), record, nowMs)).toEqual({ ...record, standing: 'dismissed' });
    expect(recordOf(draft('unblock'), record, nowMs)).toEqual(record);
    expect(actOf(draft('block'), person, nowMs)).toEqual({ type: 'access.block', iin: record.iin, ...said });
  });
});

describe('what is wrong with a form', () => {
  it('is nothing when all is filled in', () => {
    expect(idsOf(whole)).toEqual([]);
  });

  it.each([
    [{ iin: '880214450136' }, 'iin-malformed'],
    [{ iin: '8802144501' }, 'iin-malformed'],
    [{ name: ' ' }, 'name-missing'],
    [{ employeeNumber: '' }, 'employee-number-missing'],
    [{ roles: [] }, 'roles-missing'],
    [{ from: '31.02.2027' }, 'from-malformed'],
    [{ from: '20.11.2026' }, 'from-past'],
    [{ until: 'soon' }, 'until-malformed'],
    [{ until: '21.11.2026' }, 'until-before-from'],
    [{ reason: '' }, 'reason-missing'],
    [{ basis: '  ' }, 'basis-missing'],
  ] as const)('is told by name: %o is %s', (change, id) => {
    expect(idsOf(with_(whole, change))).toEqual([id]);
    expect(actOf(with_(whole, change), null, nowMs)).toBeNull();
  });

  it('of a contractor is a contract without number, party or scope, and one without an end', () => {
    const contractor = with_(whole, {
      isContractor: true,
      employeeNumber: '',
      contractNumber: '7',
      contractParty: 'Alatau',
    });
    expect(idsOf(contractor)).toEqual(['contract-missing', 'until-missing']);
    const all = with_(contractor, { contractScope: 'Servers', until: '31.12.2026' });
    expect(idsOf(all)).toEqual([]);
    expect(recordOf(all, null, nowMs).employeeNumber).toBeNull();
  });
});

describe('the way back', () => {
  it('leads from any edits to the form as it was', () => {
    const edit = fc.oneof(
      fc.tuple(fc.constantFrom('name' as const, 'reason' as const, 'until' as const), fc.string()),
      fc.tuple(fc.constant('roles' as const), fc.subarray(['registrar', 'reviewer'])),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        const start = startProposal('change', record, nowMs);
        let draft = start;
        for (const [name, value] of edits) draft = editField(draft, name, value as never);
        while (draft.past.length > 0) draft = undo(draft);
        expect(draft.fields).toEqual(start.fields);
        expect(undo(draft)).toEqual(draft);
      }),
    );
  });

  it('takes the letters of one field as one step, and each tick as its own', () => {
    let draft = startProposal('new', null, nowMs);
    for (const text of ['A', 'A.', 'A. S']) draft = editField(draft, 'name', text);
    draft = editField(draft, 'roles', ['reviewer']);
    draft = editField(draft, 'roles', ['reviewer', 'registrar']);
    expect(draft.past).toHaveLength(3);
    expect(undo(draft).fields.roles).toEqual(['reviewer']);
    expect(undo(undo(undo(draft))).fields.name).toBe('');
  });
});
