import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { followKey, formatNoteKey, parseLogKeyChange, parseProof, type KeyRotation } from '../../../core/log/index.ts';
import { wireDocument } from '../../../contracts/documents/index.ts';
import { sha256, verifyEd25519 } from '../../../eds/index.ts';
import type { Engine, Shift } from '../context.ts';
import { isOneLog, type TreeHead } from './tree-head.ts';

/**
 * Follows one change of the log's key: the pinned key proves it, the head that both keys signed extends the tree seen here,
 * and the vault verified and journalled it before anything is believed by the new key.
 */
async function follow(engine: Engine, shift: Shift, known: TreeHead, rotation: KeyRotation): Promise<Result<TreeHead>> {
  const { enrolment } = shift;
  const pinned = enrolment.logPins.at(-1) ?? enrolment.logPins[0];
  const followed = followKey(rotation, pinned.key, { sha256, verifyEd25519 });
  const proof = parseProof(rotation.proof);
  if (!followed.ok || !proof.ok) return refuse('log-key-change-invalid');
  const { key, head } = followed.value;
  const joined = await isOneLog(shift, known, proof.value.checkpoint);
  if (!joined.ok) return joined;
  // A change of the past that nobody followed here while trees after it were believed: there is no such.
  if (head.size < known.size) return refuse('log-key-change-invalid');
  const body = { document: wireDocument(rotation.document), proof: rotation.proof };
  const atMs = engine.options.clock.nowMs();
  const kept = await engine.vault.call('entries.append', { entry: { kind: 'log-key', body }, atMs });
  if (!kept.ok) return kept.refusal.code === 'entry-malformed' ? refuse('log-key-change-invalid') : kept;
  enrolment.logPins = [...enrolment.logPins, { key, fromSize: head.size }];
  engine.emit('journal.changed');
  return joined;
}

/** True where the change begins at the key that is pinned now. */
function continues(shift: Shift, { document }: KeyRotation): boolean {
  const { logPins } = shift.enrolment;
  const change = parseLogKeyChange(document.document);
  return change.ok && change.value.before === formatNoteKey((logPins.at(-1) ?? logPins[0]).key);
}

/** Follows what the server says of its keys, as far as it is proven; answers whether anything was followed. */
async function followAll(engine: Engine, shift: Shift, known: TreeHead): Promise<Result<boolean>> {
  const answer = await shift.client.call('logKeys');
  if (!answer.ok) return answer;
  let head = known;
  for (const rotation of answer.value.rotations) {
    if (!continues(shift, rotation)) continue;
    const next = await follow(engine, shift, head, rotation);
    if (!next.ok) return next;
    head = next.value;
  }
  return ok(head !== known);
}

/**
 * `first`, or, where a key signed that is not pinned here, `again` once its takeover was followed. A new key without proof
 * stays the refusal that it was.
 */
export async function orFollowed<T>(
  engine: Engine,
  shift: Shift,
  known: TreeHead,
  heads: { readonly first: Result<T>; readonly again: () => Result<T> },
): Promise<Result<T>> {
  if (heads.first.ok || heads.first.refusal.code !== 'note-key-unknown') return heads.first;
  const followed = await followAll(engine, shift, known);
  if (!followed.ok) return followed;
  return followed.value ? heads.again() : heads.first;
}
