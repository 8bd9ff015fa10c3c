import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { deviceId, documentSizeMax, foundingDocument } from '../../contracts/documents/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

const kept = z.strictObject({
  form: z.literal('qorgan.founding-draft/1'),
  /** Devices whose fingerprint was read off their own screen. */
  devices: z.array(deviceId).max(100),
  /** What is being signed, once it was made. */
  statement: z.string().max(documentSizeMax).nullable(),
  signatures: z.array(foundingDocument.shape.signatures.element).max(3),
});

/** A ceremony that was begun: nothing of it is secret, and nothing of it is believed without being judged anew. */
export type Kept = z.output<typeof kept>;

const fileName = 'founding.json';
const nothing: Kept = { form: 'qorgan.founding-draft/1', devices: [], statement: null, signatures: [] };

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
