import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { PolicyDocument } from '../../../core/access/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { PolicyActs } from '../../../contracts/vault-host/index.ts';
import type { Store } from '../journal/store.ts';

/** The policy that an act proposes. */
function proposedBy({ proposed }: PolicyActs): PolicyDocument | undefined {
  const envelope = parseActEnvelope(proposed.envelope);
  if (!envelope.ok || envelope.value.type !== 'access.propose') return undefined;
  const { change } = envelope.value.payload;
  return change.kind === 'policy' ? change.record : undefined;
}

/** Policies that came after the enrolment, as main verified them. */
export class LaterPolicies {
  readonly #store: Store;
  /** How long a claim is held by each version. */
  readonly #claimTtlMs = new Map<number, number>();

  constructor(store: Store) {
    this.#store = store;
    for (const acts of this.list()) this.#note(proposedBy(acts));
  }

  #note(policy: PolicyDocument | undefined): void {
    if (policy !== undefined) this.#claimTtlMs.set(policy.version, policy.registration.claimTtlMs);
  }

  list(): PolicyActs[] {
    const rows = this.#store.all<{ acts: string }>('select acts from policies order by version');
    return rows.map(({ acts }) => JSON.parse(acts) as PolicyActs);
  }

  /** Durable when it returns. */
  keep(acts: PolicyActs): Result<null, 'envelope-malformed'> {
    const policy = proposedBy(acts);
    if (policy === undefined) return refuse('envelope-malformed');
    const sql =
      'insert into policies (version, acts) values (?, ?) on conflict (version) do update set acts = excluded.acts';
    this.#store.write(() => this.#store.run(sql, policy.version, JSON.stringify(acts)));
    this.#note(policy);
    return ok(null);
  }

  /** How long a claim is held by the policy that an act names; `undefined` where it is none of these. */
  claimTtlMs(version: number): number | undefined {
    return this.#claimTtlMs.get(version);
  }
}
