import type { PlatformId, Sha256Hex } from '../kernel/index.ts';
import type { Profile } from '../signing/index.ts';

/**
 * A legal hold: what it names neither leaves the online store nor is destroyed while it is in force. The newest version of an id
 * counts; a release is a version with an end.
 */
export type LegalHold = {
  readonly form: 'qorgan.legal-hold/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly id: string;
  readonly version: number;
  /** What is held: evidence by the hash of its plaintext, or everything of a case. */
  readonly of:
    | { readonly kind: 'evidence'; readonly hashes: readonly Sha256Hex[] }
    | { readonly kind: 'case'; readonly case: string };
  /** Who asked for it, and by what. */
  readonly basis: string;
  readonly fromMs: number;
  /** The first moment at which it no longer holds; `null` holds until it is released. */
  readonly untilMs: number | null;
};

/** Held evidence at one lookup: enough for a court file, and the document stays below its size bound. */
export const heldHashesMax = 1_000;

/** The newest version of each hold, by its id. */
export function newestHolds(holds: readonly LegalHold[]): readonly LegalHold[] {
  const newest = new Map<string, LegalHold>();
  for (const hold of holds) {
    if ((newest.get(hold.id)?.version ?? 0) < hold.version) newest.set(hold.id, hold);
  }
  return [...newest.values()];
}

/** True while a hold is in force. One that begins later already counts: what it will name must not go before. */
export function isInForce(hold: LegalHold, nowMs: number): boolean {
  return hold.untilMs === null || nowMs < hold.untilMs;
}

/** The holds in force that name an item. */
export function holdsOf(
  item: { readonly sha256: Sha256Hex; readonly case: string | null },
  holds: readonly LegalHold[],
  nowMs: number,
): readonly LegalHold[] {
  return newestHolds(holds).filter(
    (hold) =>
      isInForce(hold, nowMs) &&
      (hold.of.kind === 'case' ? hold.of.case === item.case : hold.of.hashes.includes(item.sha256)),
  );
}
