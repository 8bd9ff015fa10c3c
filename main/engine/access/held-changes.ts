import type { AccessEffect, HeldSignatures } from '../../../core/access/index.ts';
import { ok, refuse, type CaseId, type Result } from '../../../core/kernel/index.ts';
import { accessPageMax, type HeldChange } from '../../../contracts/vault-host/index.ts';
import type { Engine } from '../context.ts';

/** Changes of rights that a desk reads: what some hundred people come to in decades. */
const changesMax = 20_000;

/** Every change of rights that this desk has verified or begun itself. */
export async function readHeldChanges(engine: Engine): Promise<Result<readonly HeldChange[]>> {
  const held: HeldChange[] = [];
  let after: CaseId | null = null;
  while (held.length < changesMax) {
    const page: Result<{ readonly items: readonly HeldChange[] }> = await engine.vault.call('access.list', {
      after,
      limit: accessPageMax,
    });
    if (!page.ok) return page;
    held.push(...page.value.items);
    after = page.value.items.at(-1)?.caseId ?? null;
    if (page.value.items.length < accessPageMax) return ok(held);
  }
  // A registry of a part of the changes would be another one.
  return refuse('registry-too-long');
}

type Placed = { readonly position: number; readonly effect: AccessEffect };

/** The changes that the feed told of, and what those that are in force did to the registry, in the order in which they were told. */
export function signaturesOf(held: readonly HeldChange[]): HeldSignatures {
  const placed = held.flatMap(({ told }): Placed[] => {
    if (told === null) return [];
    const { state, position } = told;
    if (state.status === 'blocked') {
      const { iin, author: by, proposedAtMs: atMs, reason } = state;
      return [{ position, effect: { kind: 'block', iin, by, atMs, reason } }];
    }
    if (state.status !== 'confirmed' || state.end === null) return [];
    const { by, atMs } = state.end;
    return [{ position, effect: { kind: 'change', change: state.change, by, atMs } }];
  });
  return {
    changes: held.flatMap(({ told }) => (told !== null && 'change' in told.state ? [told.state.change] : [])),
    effects: placed.toSorted((one, other) => one.position - other.position).map(({ effect }) => effect),
  };
}
