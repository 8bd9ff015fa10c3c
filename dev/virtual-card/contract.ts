import * as z from 'zod';
import { bytesUpTo, defineHost, defineVerbs } from '../../contracts/rpc/index.ts';

const key = z.strictObject({
  slot: z.enum(['9a', '9c', '9d']),
  privateKeyDer: bytesUpTo(8_192),
  certificateDer: bytesUpTo(8_192),
});

const card = z.strictObject({
  name: z.string().min(1).max(64),
  pin: z.string().regex(/^[0-9]{6,8}$/u),
  keys: z.array(key).min(1).max(3),
});

const slot = z.strictObject({ slot: z.union([z.literal(0), z.literal(1)]) });
const nothing = z.strictObject({});
const timeoutMs = 10_000;

/** The process that plays a reader with two slots and the cards in a drawer beside it. */
export const virtualReader = defineHost({
  name: 'virtual-reader',
  configuration: z.strictObject({ directory: z.string().startsWith('/') }),
  inFlightMax: 4,
  verbs: defineVerbs({
    describe: { input: nothing, output: z.strictObject({ socketFile: z.string() }), timeoutMs, refusals: [] },
    /** Puts a new card into a slot; one that is there is removed first, a second before. */
    insertNew: { input: slot.extend({ card }), output: nothing, timeoutMs, refusals: [] },
    /** Puts the card that was last in the slot back; its PIN counter is as it was. */
    insertAgain: { input: slot, output: nothing, timeoutMs, refusals: ['card-absent'] },
    remove: { input: slot, output: nothing, timeoutMs, refusals: ['card-absent'] },
    /** The card leaves in the middle of the next use of a key. */
    leaveAtKeyUse: { input: slot, output: nothing, timeoutMs, refusals: ['card-absent'] },
    unblock: { input: slot, output: nothing, timeoutMs, refusals: ['card-absent'] },
    attemptsLeft: { input: slot, output: z.int(), timeoutMs, refusals: ['card-absent'] },
  }),
  events: {},
});

export type VirtualReaderContract = typeof virtualReader;
