import { endpoints } from './endpoints.ts';

/**
 * The doors of a witness. There are no devices and no people here: `log` says that whoever comes must bring what the key of a log signed
 * that this witness was told to follow, and that his word alone does nothing.
 */
export const witnessDoors = {
  /** C2SP tlog-witness. */
  addCheckpoint: { method: 'POST', path: '/add-checkpoint', auth: 'log' },
  logKey: { method: 'POST', path: '/log-key', auth: 'log' },
} as const;

/** The doors of a mirror: public files of the log, as the platform itself serves them. */
export const mirrorDoors = { checkpoint: endpoints.checkpoint, tile: endpoints.tile } as const;
