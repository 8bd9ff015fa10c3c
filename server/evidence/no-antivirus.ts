import { refuse } from '../../core/kernel/index.ts';
import type { Antivirus } from './antivirus.ts';

/** Where none is set up: nothing ever leaves quarantine. */
export const noAntivirus: Antivirus = {
  version: async () => refuse('antivirus-absent'),
  scan: async () => refuse('antivirus-absent'),
};
