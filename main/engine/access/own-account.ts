import { endsSoon, personHash } from '../../../core/access/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type { AccountView } from '../../../contracts/http/index.ts';
import type { PersonView, StatusView } from '../../../contracts/ipc/index.ts';
import type { Engine, Shift } from '../context.ts';

/** The own record as the server tells it to its person. */
async function readOwnAccount(shift: Shift): Promise<Result<AccountView>> {
  const told = await shift.client.call('account', {});
  if (!told.ok) return told;
  const { record, hash } = told.value;
  const isOwn = record.iin === shift.iin && personHash(sha256, record, null) === hash;
  return isOwn ? told : refuse('server-answer-malformed');
}

/** The person of this shift for himself, who reads no rights of others: the word of the server, without the changes that put it there. */
export async function readOwnPerson(engine: Engine, shift: Shift): Promise<Result<PersonView>> {
  const own = await readOwnAccount(shift);
  if (!own.ok) return own;
  const last = await engine.vault.call('people.lastActs', null);
  if (!last.ok) return last;
  const { record, hash, reviewedAtMs } = own.value;
  const { iin, name, employeeNumber, validUntilMs, contract } = record;
  const { policy } = shift.enrolment;
  const closed = { code: 'change-own-record' };
  return ok({
    summary: {
      ...{ iin, name, employeeNumber, roles: [...record.roles], validUntilMs, hash, reviewedAtMs },
      ...{ standing: 'active', isMe: true, isVerified: false, waiting: 0, certificates: record.certificates.length },
      contract: contract === null ? null : { number: contract.number, party: contract.party },
      endsSoon: endsSoon(record, policy.terms, engine.serverClock.serverNowMs()),
      lastActMs: last.value.items.find((one) => one.iin === iin)?.atMs ?? null,
    },
    record: { ...record, roles: [...record.roles], certificates: [...record.certificates] },
    ...{ block: null, changes: [], policyVersion: policy.version, propose: closed, blocking: closed },
  });
}

export const noTerms: StatusView['terms'] = { endsAtMs: null, review: null };

function termsOf(engine: Engine, { enrolment }: Shift, { record, review }: AccountView): StatusView['terms'] {
  const isEnding = endsSoon(record, enrolment.policy.terms, engine.serverClock.serverNowMs());
  const endsAtMs = isEnding ? record.validUntilMs : null;
  if (review?.state !== 'due' && review?.state !== 'overdue') return { endsAtMs, review: null };
  const { state, dueAtMs } = review;
  return { endsAtMs, review: { state, dueAtMs, count: state === 'due' ? review.due : review.overdue } };
}

/** A reminder that is a minute old does no harm. */
const askEveryMs = 60_000;

/** Keeps up what the person of a shift is reminded of. */
export class TermsWatch {
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #policyVersion = 0;

  /** Nothing waits for it: what the server does not answer is asked again. */
  async round(engine: Engine, shift: Shift): Promise<void> {
    const nowMs = engine.options.clock.monotonicMs();
    const { version } = shift.enrolment.policy;
    if (!shift.client.hasSession || (nowMs - this.#askedAtMs < askEveryMs && version === this.#policyVersion)) return;
    this.#askedAtMs = nowMs;
    this.#policyVersion = version;
    const own = await readOwnAccount(shift);
    const terms = own.ok ? termsOf(engine, shift, own.value) : shift.terms;
    if (JSON.stringify(terms) === JSON.stringify(shift.terms)) return;
    shift.terms = terms;
    engine.emit('app.changed');
  }
}
