import * as z from 'zod';
import { deskLevels } from '../../core/log/index.ts';

/** A refusal as it crosses a process: the code is a key of the catalogue, details carry no personal data. */
export const refusalSchema = z.strictObject({
  code: z.string().max(64),
  details: z.record(z.string(), z.union([z.string().max(256), z.number()])).optional(),
  incidentId: z.string().max(64).optional(),
});

export const localeSchema = z.enum(['kk', 'ru', 'en']);
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/u);
export const idSchema = z.string().min(1).max(64);
export const timeMsSchema = z.int().nonnegative();

/** Who vouches for a receipt, by the witnesses that the enrolment pinned; `isExternalAwaited` where it asks for outside ones that have not yet. */
export const attestationSchema = z.strictObject({ level: z.enum(deskLevels), isExternalAwaited: z.boolean() });

/** One verb of a window: what goes in and what comes back inside a `Result`. */
export type IpcVerb<Input extends z.ZodType, Output extends z.ZodType> = {
  readonly input: Input;
  readonly output: Output;
};

export function verb<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): IpcVerb<Input, Output> {
  return { input, output };
}

export const nothing = z.null();
