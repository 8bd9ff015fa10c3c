import type { AccessEffect, HeldSignatures } from '../../../core/access/index.ts';
import { ok, refuse, type CaseId, type Result } from '../../../core/kernel/index.ts';
import { accessPageMax, type HeldChange } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';

/** Changes of rights that a desk reads: what some hundred people come to in decades. */
const changesMax = 20_000;

/** What was read of the open vault so far, and up to which mark. */
type Read = { mark: number; readonly byCase: Map<CaseId, HeldChange> };
const readOf = new WeakMap<Shift, Read>();

/** Every change of rights that this desk has verified or begun itself. `mark` grows with each that is touched. */
export type HeldChanges = { readonly mark: number; readonly changes: readonly HeldChange[] };

/** Reads from the vault what was touched since the last reading of this shift. */
export async function readHeldChanges(engine: Engine, shift: Shift): Promise<Result<HeldChanges>> {
  const read = readOf.get(shift) ?? { mark: 0, byCase: new Map<CaseId, HeldChange>() };
  readOf.set(shift, read);
  while (read.byCase.size < changesMax) {
    const page = await engine.vault.call('access.list', { after: read.mark, limit: accessPageMax });
    if (!page.ok) return page;
    const { items, mark, hasMore } = page.value;
    for (const item of items) read.byCase.set(item.caseId, item);
    read.mark = Math.max(read.mark, mark);
    if (!hasMore) return ok({ mark: read.mark, changes: [...read.byCase.values()] });
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
