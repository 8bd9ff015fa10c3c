import type { accessRefusals, actRefusals } from '../../contracts/refusals/index.ts';

/** A reason why an act is not accepted. */
export type ActRefusalCode =
  | keyof typeof actRefusals
  | keyof typeof accessRefusals
  | 'account-idle'
  | 'step-up-missing';
