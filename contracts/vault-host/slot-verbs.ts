import * as z from 'zod';
import { timeMs } from '../documents/index.ts';
import { defineVerbs } from '../rpc/index.ts';
import { slotIdSchema } from './shapes.ts';
import { newSlotSchema, rewrapSchema, slotKeySchema, slotSummarySchema } from './slots.ts';

/** Argon2id, or a copy of the whole journal under a new key. */
const timeoutMs = 180_000;

const slotChange = ['vault-closed', 'vault-disk-failed'] as const;

/** Changes of who opens the vault; durable when answered, and noted in the journal. */
export const slotVerbs = defineVerbs({
  'slots.add': {
    input: z.strictObject({ slot: newSlotSchema, nowMs: timeMs }),
    output: slotSummarySchema,
    timeoutMs,
    refusals: [...slotChange, 'slot-key-unsupported', 'slots-too-many'],
  },
  /** Takes the slot away and rotates the data key, so that a copy of the old slots opens nothing that comes later. */
  'slots.remove': {
    input: z.strictObject({ slotId: slotIdSchema, nowMs: timeMs }),
    output: z.null(),
    timeoutMs,
    refusals: [...slotChange, 'slot-absent', 'slot-last'],
  },
  /** Whether this opens the slot, asked of the open vault; nothing changes. */
  'slots.check': {
    input: z.strictObject({ key: slotKeySchema }),
    output: z.null(),
    timeoutMs,
    refusals: [...slotChange, 'slot-absent', 'slot-kind-differs', 'slot-key-wrong'],
  },
  /** A password change. */
  'slots.rewrap': {
    input: rewrapSchema,
    output: slotSummarySchema,
    timeoutMs,
    refusals: [...slotChange, 'slot-absent', 'slot-kind-differs', 'slot-key-wrong'],
  },
  /** New data key for all slots, nobody's secret needed. After a power cut the vault opens under the old key or the new. */
  'slots.rotate': { input: z.strictObject({ nowMs: timeMs }), output: z.null(), timeoutMs, refusals: slotChange },
});
