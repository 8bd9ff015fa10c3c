import { contextTag, element, messageLimits, openDer, sequence, tagged, tags } from '../../eds/der/index.ts';

/** The parts of a CMS file that a test takes apart and puts together in another way. */
export function rebuild(
  cms: Uint8Array,
  change: {
    readonly signer?: (parts: readonly Uint8Array[]) => readonly Uint8Array[];
    readonly body?: (parts: readonly Uint8Array[]) => readonly Uint8Array[];
  },
): Uint8Array {
  const info = openDer(cms, messageLimits).enter(tags.sequence);
  const contentType = info.element(tags.oid);
  const body = info.enter(contextTag(0)).enter(tags.sequence);
  const fields: Uint8Array[] = [];
  while (body.hasMore && body.peek() !== tags.set) fields.push(body.element());
  fields.push(body.element());
  while (body.hasMore && body.peek() !== tags.set) fields.push(body.element());
  const signer = body.enter(tags.set).enter(tags.sequence);
  const parts: Uint8Array[] = [];
  while (signer.hasMore) parts.push(signer.element());
  const signers = element(tags.set, sequence(...(change.signer?.(parts) ?? parts)));
  const all = [...fields, signers];
  return sequence(contentType, tagged(0, sequence(...(change.body?.(all) ?? all))));
}
