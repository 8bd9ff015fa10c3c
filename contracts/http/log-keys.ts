import * as z from 'zod';
import { keyRotation, signedDocument } from '../documents/index.ts';

/** Oldest first. */
export const logKeysResponse = z.strictObject({ rotations: z.array(keyRotation).max(16) });

/** A `qorgan.log-compromise/1` where the key of this log was stolen. */
export const logCompromiseResponse = z.strictObject({ statement: signedDocument.nullable() });

export type LogCompromiseResponse = z.output<typeof logCompromiseResponse>;
