import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { documentSizeMax, foundingDocument } from '../../contracts/documents/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

const kept = z.strictObject({
  form: z.literal('qorgan.founding-draft/2'),
  /** What is being signed, once it was made. */
  statement: z.string().max(documentSizeMax).nullable(),
  signatures: z.array(foundingDocument.shape.signatures.element).max(3),
});

/**
 * A ceremony that was begun: nothing of it is secret, and nothing of it is believed without being judged anew. Which devices were seen is not
 * kept: whoever writes into this folder would admit one of his own.
 */
export type Kept = z.output<typeof kept>;

const fileName = 'founding.json';
const nothing: Kept = { form: 'qorgan.founding-draft/2', statement: null, signatures: [] };

/** What an interrupted ceremony left in the folder of the platform. */
export function readKept(directory: string): Result<Kept, 'founding-draft-malformed'> {
  const path = join(directory, fileName);
  if (!existsSync(path)) return ok(nothing);
  try {
    return ok(kept.parse(JSON.parse(readFileSync(path, 'utf8'))));
  } catch {
    return refuse('founding-draft-malformed', { file: path });
  }
}

/** Writes it down, whole or not at all; a power cut costs one step of the ceremony at most. */
export function writeKept(directory: string, draft: Kept): void {
  const path = join(directory, fileName);
  writeFileSync(`${path}.new`, JSON.stringify(draft), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/** Forgets it: the log holds the founding now, or the statement is to be made anew. */
export function forgetKept(directory: string): void {
  rmSync(join(directory, fileName), { force: true });
}
