import { member } from '../../dev/demo/index.ts';
import { sha256Hex } from '../../eds/index.ts';

/** Whom a shift of a played desk is of; no server knows his card. */
export const bearer = {
  iin: member('reviewer').iin,
  signer: { sha256: sha256Hex('certificate') },
  restriction: null,
} as const;
