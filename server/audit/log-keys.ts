import {
  formatNoteKey,
  noteKeyTypes,
  parseLeaf,
  parseLogKeyChange,
  parseNoteKey,
  type LogKeyChange,
} from '../../core/log/index.ts';
import { verifyDocument } from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { judgeDocument } from '../accounts/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { readLoggedDocuments } from '../store/index.ts';
import type { AuditRun, LogKeys } from './run.ts';

/** The keys that sign the head of a tree of this size: those before and after where it is the head at which they changed. */
export type KeysAt = (size: number) => LogKeys;

type Takeover = { readonly keys: LogKeys; readonly fromSize: number };

/** The keys of a change that the key before it signed, as the leaf at its place. */
function takeoverOf(change: LogKeyChange, index: number, before: LogKeys): Takeover | undefined {
  const own = before.find(({ type }) => type === noteKeyTypes.ed25519);
  const keys = [change.key, change.mlDsa44Key].map((text) => parseNoteKey(sha256, text));
  const isNext = own !== undefined && change.before === formatNoteKey(own) && change.fromSize === index + 1;
  return isNext ? { keys: keys.flatMap((key) => (key.ok ? [key.value] : [])), fromSize: change.fromSize } : undefined;
}

/** Reads who may sign which heads, from the keys of the first record on; a change that the key before it did not sign counts for nothing. */
export async function readKeysAt(run: AuditRun, first: LogKeys): Promise<KeysAt> {
  const takeovers: Takeover[] = [{ keys: first, fromSize: 0 }];
  const rows = await readLoggedDocuments(run.session, 'log-key');
  const subjectKeys = await run.subjectKeys.known(rows.map(({ subject }) => subject));
  for (const row of rows) {
    const leaf = parseLeaf(row.body);
    const key = subjectKeys.get(row.subject);
    if (!leaf.ok || key === undefined) continue;
    const judged = judgeDocument({ row, opening: row.opening, leaf: leaf.value, key, publicKey: run.documentKey });
    if ('fault' in judged) continue;
    const before = takeovers.at(-1)?.keys ?? first;
    const publicKey = before.find(({ type }) => type === noteKeyTypes.ed25519)?.publicKey ?? new Uint8Array();
    const document = judged.signed;
    const change = parseLogKeyChange(document.document);
    if (!change.ok || !verifyDocument({ document, publicKey, sha256, verifyEd25519 }).ok) continue;
    const takeover = takeoverOf(change.value, row.leaf_index, before);
    if (takeover !== undefined) takeovers.push(takeover);
  }
  return (size) => {
    const at = takeovers.findLastIndex(({ fromSize }) => fromSize <= size);
    const [before, now] = [takeovers[at - 1], takeovers[at]];
    const both = now?.fromSize === size ? [...(before?.keys ?? [])] : [];
    return [...both, ...(now?.keys ?? first)];
  };
}
