import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf, fullName, must, until, type StaffMember } from '../../dev/demo/index.ts';
import type { RightsDraft, ChangeView, PersonSummary } from '../../contracts/ipc/index.ts';
import type { StaffGrant } from '../../core/access/index.ts';
import type { Result } from '../../core/kernel/index.ts';
import {
  activate,
  colleague,
  makeFounded,
  manager,
  newcomer,
  officer,
  recordOf,
  type FoundedWorld,
  type Seat,
} from './support/officers.ts';

let founded: FoundedWorld;
let a: Seat;
let b: Seat;
let m: Seat;
/** Of somebody who was employed and whose workstation was let in here. */
let own: Seat;
let employed = '';

const text = { reason: 'Жаңа міндет', basis: 'Бұйрық № 7' };

beforeAll(async () => {
  const made = await makeFounded([officer, colleague, manager]);
  founded = made.founded;
  [a, b, m] = made.seats as [Seat, Seat, Seat];
  for (const seat of [a, b, m]) await seat.start();
}, 180_000);

afterAll(async () => {
  await founded?.close();
});

const codeOf = (answer: Result<unknown>): string => (answer.ok ? 'done' : answer.refusal.code);

/** Less than what a new policy warns ahead of an end. */
const weekMs = 7 * 86_400_000;

function staffDraft(record: StaffGrant, before: string | null): RightsDraft {
  return { type: 'access.propose', ...text, change: { kind: 'staff', before, record: record as never } };
}

/** Signs, and waits until the own journal holds the verified receipt. */
async function signed({ desk }: Seat, draft: RightsDraft): Promise<string> {
  const { actionId } = must(await desk.sign(draft));
  await until(async () => {
    const { items } = must(await desk.listJournal({ before: null, limit: 50, onlyActs: true }));
    return items.find(({ act }) => act?.actionId === actionId)?.act?.state === 'logged';
  });
  return actionId;
}

const everybody = {
  ...{ query: '', roles: [], standings: [], onlyContractors: false, onlyEndingSoon: false },
  ...{ sort: 'name' as const, offset: 0, limit: 500 },
};

async function personAt({ desk }: Seat, who: StaffMember): Promise<PersonSummary | undefined> {
  const { items } = must(await desk.listPeople(everybody));
  return items.find(({ iin }) => iin === who.iin);
}

const changesOf = async ({ desk }: Seat, view: 'for-me' | 'mine' | 'all') =>
  must(await desk.listChanges({ view, offset: 0, limit: 50 })).items;

/** The change that waits for this person, once the feed has told of it. */
async function waitingFor(seat: Seat): Promise<string> {
  await until(async () => (await changesOf(seat, 'for-me')).length === 1);
  return (await changesOf(seat, 'for-me'))[0]?.caseId ?? '';
}

const readChange = async ({ desk }: Seat, caseId: string): Promise<ChangeView> => must(await desk.readChange(caseId));
const refusalsOf = ({ allowed }: ChangeView) => allowed.map(({ type, refusal }) => [type, refusal?.code ?? 'done']);

describe('rights at desks on real parts', { timeout: 120_000 }, () => {
  it('an officer proposes a person, reads in the prompt whom, and cannot be the second one himself', async () => {
    const validUntilMs = Date.now() + weekMs;
    const draft = staffDraft({ ...recordOf(founded, newcomer), validUntilMs }, null);
    const preview = must(await a.desk.preview(draft));
    expect(preview.text).toContain(newcomer.iin);
    await signed(a, draft);
    expect(a.prompt.shown.at(-1)?.text).toBe(preview.text);
    expect(a.prompt.shown.at(-1)?.title.values['name']).toBe(fullName(newcomer).trim());
    const [mine] = await changesOf(a, 'mine');
    employed = mine?.caseId ?? '';
    expect(mine).toMatchObject({ kind: 'staff', what: 'new', state: 'waiting', isMine: true, isForMe: false });
    expect(codeOf(await a.desk.sign({ type: 'access.confirm', caseId: employed }))).toBe('change-own-proposal');
    expect(await changesOf(a, 'for-me')).toEqual([]);
    expect(await personAt(a, newcomer)).toBeUndefined();
  });

  it('another officer finds it among what is for him, reads the same, and confirms; both desks know the person then', async () => {
    expect(await waitingFor(b)).toBe(employed);
    const view = await readChange(b, employed);
    expect(view).toMatchObject({ before: null, after: { iin: newcomer.iin }, basis: text.basis });
    expect(view.summary.author).toEqual({ iin: officer.iin, name: fullName(officer) });
    expect(refusalsOf(view)).toEqual([
      ['access.confirm', 'done'],
      ['access.decline', 'done'],
    ]);
    await signed(b, { type: 'access.confirm', caseId: employed });
    for (const seat of [a, b]) {
      await until(async () => (await personAt(seat, newcomer)) !== undefined);
      expect(await personAt(seat, newcomer)).toMatchObject({
        roles: newcomer.roles,
        standing: 'active',
        isVerified: true,
        endsSoon: true,
      });
      const soon = must(await seat.desk.listPeople({ ...everybody, onlyEndingSoon: true }));
      expect(soon.items.map(({ iin }) => iin)).toEqual([newcomer.iin]);
    }
    const { history, summary } = await readChange(a, employed);
    expect(summary.state).toBe('confirmed');
    // Of the own act the receipt was verified, of the other's the signature.
    expect(history.map(({ type, byIin, state }) => [type, byIin, state])).toEqual([
      ['access.propose', officer.iin, 'logged'],
      ['access.confirm', colleague.iin, 'accepted'],
    ]);
    expect(codeOf(await a.desk.sign({ type: 'access.withdraw', caseId: employed, note: '' }))).toBe('case-closed');
  });

  it('whoever stands since the founding is the word of the server, and what he did stands on his signatures', async () => {
    expect(await personAt(a, officer)).toMatchObject({ isVerified: false, isMe: true });
    expect((await personAt(b, officer))?.lastActMs).not.toBeNull();
    const acts = must(await b.desk.listActsOf({ iin: officer.iin, offset: 0, limit: 50 }));
    expect(acts.items.map(({ type, subject, state }) => [type, subject, state])).toEqual([
      ['access.propose', fullName(newcomer).trim(), 'accepted'],
    ]);
    expect(must(await a.desk.readPerson(officer.iin)).propose).toEqual({ code: 'change-own-record' });
    expect(must(await a.desk.readPerson(colleague.iin)).propose).toBeNull();
  });

  it('a change may be declined by the second person and withdrawn by the first, and then nothing is changed', async () => {
    const person = must(await a.desk.readPerson(newcomer.iin));
    const record = {
      ...recordOf(founded, newcomer),
      validFromMs: person.record.validFromMs,
      roles: ['reviewer' as const],
    };
    await signed(a, staffDraft(record, person.summary.hash));
    const first = await waitingFor(b);
    expect(must(await b.desk.listChanges({ view: 'for-me', offset: 0, limit: 1 })).counts).toMatchObject({
      'for-me': 1,
    });
    expect((await personAt(b, newcomer))?.waiting).toBe(1);
    await signed(b, { type: 'access.decline', caseId: first, note: 'Not agreed' });
    await until(async () => (await readChange(a, first)).summary.state === 'declined');
    expect((await readChange(a, first)).end).toMatchObject({ by: { iin: colleague.iin }, note: 'Not agreed' });
    await signed(a, staffDraft(record, person.summary.hash));
    const second = await waitingFor(b);
    expect(codeOf(await b.desk.sign({ type: 'access.withdraw', caseId: second, note: '' }))).toBe('change-not-author');
    await signed(a, { type: 'access.withdraw', caseId: second, note: 'A mistake' });
    await until(async () => (await changesOf(b, 'for-me')).length === 0);
    expect((await personAt(b, newcomer))?.roles).toEqual(newcomer.roles);
    expect(codeOf(await a.desk.preview(staffDraft(record, 'a'.repeat(64))))).toBe('record-changed');
  });

  it('a further workstation is let in by two, and only then is it served', async () => {
    own = await founded.seatFounded(newcomer, 'Desk of the newcomer', [a, b]);
    await activate(founded, newcomer);
    await own.start();
    const device = must(await b.desk.listDevices()).items.find(({ name }) => name === 'Desk of the newcomer');
    expect(device).toMatchObject({ standing: 'active', isVerified: true, custodian: { iin: officer.iin } });
  });

  it('whoever reads no rights reads his own record, until when it lasts, and nobody else’s', async () => {
    const mine = must(await own.desk.readPerson(newcomer.iin));
    expect(mine.record).toMatchObject({ iin: newcomer.iin, roles: newcomer.roles });
    expect(mine.summary).toMatchObject({ isMe: true, endsSoon: true, isVerified: false, reviewedAtMs: null });
    expect(codeOf(await own.desk.readPerson(officer.iin))).toBe('read-not-allowed');
    expect(codeOf(await own.desk.listPeople(everybody))).toBe('read-not-allowed');
    const { validUntilMs } = mine.record;
    await until(() => own.desk.app().status.terms.endsAtMs !== null);
    expect(own.desk.app().status.terms).toEqual({ endsAtMs: validUntilMs, review: null });
    // Nothing of an officer ends, and nobody's review is due yet.
    expect(a.desk.app().status.terms).toEqual({ endsAtMs: null, review: null });
  });

  it('a policy that two people signed counts at every desk when it takes effect, and is still known after the night', async () => {
    const [before] = must(await a.desk.listPolicies()).items;
    const version = (before?.version ?? 0) + 1;
    const { document } = must(await a.desk.readPolicy(version - 1));
    const effectiveFromMs = Date.now() + 6_000;
    const record = { ...document, version, effectiveFromMs, registration: { claimTtlMs: 60_000 } };
    const change = { kind: 'policy', before: before?.hash ?? '', record } as const;
    await signed(a, { type: 'access.propose', change: change as never, ...text });
    await signed(m, { type: 'access.confirm', caseId: await waitingFor(m) });
    const sinceMs = performance.now();
    await until(() => own.desk.listPolicies().then((held) => must(held).items[0]?.version === version));
    const reachedMs = Math.round(performance.now() - sinceMs);
    process.stdout.write(`policy: another desk held it ${reachedMs} ms after the signer had the receipt\n`);
    expect(reachedMs).toBeLessThan(2_000);
    const present = async ({ desk }: Seat) =>
      must(await desk.listPolicies()).items.map((one) => [one.version, one.state, one.signers.map(({ iin }) => iin)]);
    const signers = [officer.iin, manager.iin];
    // Whoever reads nothing of rights follows the policy all the same.
    for (const seat of [a, b, own]) {
      await until(async () => (await present(seat))[0]?.[1] === 'in-force' && (await present(seat)).length > 1, 40_000);
      expect(await present(seat)).toEqual([
        [version, 'in-force', signers],
        [version - 1, 'replaced', []],
      ]);
    }
    expect(Date.now()).toBeGreaterThanOrEqual(effectiveFromMs);
    // An act that named the policy before would be refused.
    const person = must(await a.desk.readPerson(newcomer.iin));
    await signed(
      a,
      staffDraft({ ...(person.record as unknown as StaffGrant), roles: ['reviewer'] }, person.summary.hash),
    );
    await signed(a, { type: 'access.withdraw', caseId: await waitingFor(b), note: '' });
    must(await own.desk.endShift());
    // From the vault: nothing was asked of the server yet.
    must(await own.desk.startShift(await certificateOf(own.desk, newcomer)));
    expect((await present(own))[0]).toEqual([version, 'in-force', signers]);
  });

  it('a block is one person’s: the open session of whom it names is over at once, his desk says so, and both desks know it', async () => {
    const block = { type: 'access.block', iin: newcomer.iin, reason: 'A lost card', basis: 'Report 12' } as const;
    const sinceMs = performance.now();
    await signed(b, block);
    await until(() => own.desk.phase() === 'locked');
    process.stdout.write(
      `blocked: the desk locked ${Math.round(performance.now() - sinceMs)} ms after the signature was asked for\n`,
    );
    expect(own.desk.app().lockedBy?.code).toBe('session-blocked');
    expect(codeOf(await own.desk.startShift(await certificateOf(own.desk, newcomer)))).toBe('actor-blocked');
    for (const seat of [a, b]) {
      await until(async () => (await personAt(seat, newcomer))?.standing === 'blocked');
      const { block: known } = must(await seat.desk.readPerson(newcomer.iin));
      expect(known).toMatchObject({ by: { iin: colleague.iin }, reason: 'A lost card' });
    }
    expect(codeOf(await a.desk.preview(block))).toBe('person-blocked-already');
  });
});
