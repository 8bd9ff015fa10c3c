import { toBase64 } from '../kernel/index.ts';
import { parseCheckpoint, parseNote, parseProof } from '../log/index.ts';

/** A tree head with the signed note that shows it. */
export type JournalTreeHead = { readonly size: number; readonly root: string; readonly note: string };

/** The tree head in a proof; its signature was verified before it was journalled. */
export function headOfProof(text: string): JournalTreeHead | undefined {
  const proof = parseProof(text);
  const note = proof.ok ? parseNote(proof.value.checkpoint) : proof;
  const head = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!proof.ok || !head.ok) return undefined;
  return { size: head.value.size, root: toBase64(head.value.root), note: proof.value.checkpoint };
}

/** The larger of two heads; of equal ones the later. */
export function newestHead(before: JournalTreeHead | null, head: JournalTreeHead | undefined): JournalTreeHead | null {
  if (head === undefined || head.size < (before?.size ?? 0)) return before;
  return { size: head.size, root: head.root, note: head.note };
}
