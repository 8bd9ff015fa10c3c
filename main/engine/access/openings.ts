import type { EmergencyOpening } from '../../../core/access/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import type { OpeningView } from '../../../contracts/ipc/index.ts';

/** An opening of the emergency account as people read it. */
export function openingView(leaf: Sha256Hex, { iin, name, server, reason, openedAtMs }: EmergencyOpening): OpeningView {
  return { leaf, opener: { iin, name }, server, reason, openedAtMs };
}
