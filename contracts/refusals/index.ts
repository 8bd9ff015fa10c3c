import { accessRefusals } from './access.ts';
import { actRefusals } from './acts.ts';
import { archiveRefusals } from './archive.ts';
import { authorityRefusals } from './authorities.ts';
import { cardRefusals } from './card.ts';
import { deskRefusals } from './desk.ts';
import { edsRefusals } from './eds.ts';
import { evidenceRefusals } from './evidence.ts';
import { generalRefusals } from './general.ts';
import { hostRefusals } from './host.ts';
import { journalRefusals } from './journal.ts';
import { logRefusals } from './log.ts';
import { mirrorRefusals } from './mirror.ts';
import { serverRefusals } from './server.ts';
import { signInRefusals } from './sign-in.ts';
import { vaultRefusals } from './vault.ts';
import { workstationRefusals } from './workstation.ts';

/**
 * Every refusal that a person can meet. The words are `refusals.<code>.what|why|next` of `locales`; `retry` says whether
 * the same call may succeed later without anybody changing what it says.
 */
export const refusals = {
  ...generalRefusals,
  ...logRefusals,
  ...journalRefusals,
  ...cardRefusals,
  ...hostRefusals,
  ...edsRefusals,
  ...vaultRefusals,
  ...workstationRefusals,
  ...serverRefusals,
  ...signInRefusals,
  ...deskRefusals,
  ...actRefusals,
  ...accessRefusals,
  ...authorityRefusals,
  ...mirrorRefusals,
  ...evidenceRefusals,
  ...archiveRefusals,
} as const;

export type RefusalCode = keyof typeof refusals;

/** True for a code of the catalogue. */
export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(refusals, code);
}

export {
  accessRefusals,
  actRefusals,
  archiveRefusals,
  authorityRefusals,
  cardRefusals,
  deskRefusals,
  edsRefusals,
  evidenceRefusals,
  generalRefusals,
  hostRefusals,
  journalRefusals,
  logRefusals,
  mirrorRefusals,
  serverRefusals,
  signInRefusals,
  vaultRefusals,
  workstationRefusals,
};
