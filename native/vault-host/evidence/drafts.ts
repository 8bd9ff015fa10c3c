import { rmSync } from 'node:fs';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { RecordFile } from './record-file.ts';

/** One person records one thing at a time; a second one is a window that was opened anew meanwhile. */
const draftsMax = 2;

/** A file that is being written and is named nowhere yet; its key stands nowhere but here. */
export type EvidenceDraft = { readonly content: RecordFile; readonly name: string; readonly key: Uint8Array };

/** Evidence that is being taken in, piece by piece. Whatever does not come to its entry leaves nothing behind. */
export class EvidenceDrafts {
  readonly #drafts = new Map<string, EvidenceDraft>();

  get isFull(): boolean {
    return this.#drafts.size >= draftsMax;
  }

  add(id: string, draft: EvidenceDraft): void {
    this.#drafts.set(id, draft);
  }

  get(id: string): Result<EvidenceDraft, 'evidence-draft-absent'> {
    const draft = this.#drafts.get(id);
    return draft === undefined ? refuse('evidence-draft-absent') : ok(draft);
  }

  /** The draft became an entry: its file stays. */
  release(id: string): void {
    this.#drafts.get(id)?.key.fill(0);
    this.#drafts.delete(id);
  }

  /** Removes the file; nothing opens what was left of it on the disk. */
  discard(id: string): void {
    const draft = this.#drafts.get(id);
    if (draft === undefined) return;
    this.release(id);
    try {
      draft.content.close();
      rmSync(draft.content.file, { force: true });
    } catch {
      // A disk that fails here too keeps a file without a key; the next opening takes it away.
    }
  }

  clear(): void {
    for (const id of [...this.#drafts.keys()]) this.discard(id);
  }
}
