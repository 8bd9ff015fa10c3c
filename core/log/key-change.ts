import { ok, refuse, type PlatformId, type Result, type Sha256, type VerifyEd25519 } from '../kernel/index.ts';
import { canonicalize, parseCanonical, verifyDocument, type Profile, type SignedDocument } from '../signing/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { isRecord } from './leaf.ts';
import { formatNoteKey, noteKeyTypes, parseNoteKey, type NoteKey } from './note.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { parseProof } from './proof.ts';
import { verifyReceipt } from './receipt.ts';
import { asciiBytes } from './text.ts';

/** What the platform says in the log when its log key is replaced; signed as a document by platform key, old and new log key. */
export type LogKeyChange = {
  readonly form: 'qorgan.log-key/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  /** Ed25519 key (C2SP vkey) that signs smaller trees. */
  readonly before: string;
  /** Ed25519 key that signs trees from `fromSize` on. */
  readonly key: string;
  readonly mlDsa44Key: string;
  /** The leaf of this document is the last one of the tree of this size, whose head both keys sign. */
  readonly fromSize: number;
  readonly atMs: number;
};

/** A change of the key with everything that proves it offline: the document, and its receipt by the head that both keys signed. */
export type KeyRotation = { readonly document: SignedDocument; readonly proof: string };

const changeSizeMax = 8_192;
const names = 'atMs,before,form,fromSize,key,mlDsa44Key,platform,profile';

/** The canonical text of a change: the `document` of a signed document. */
export function logKeyChangeText(change: LogKeyChange): string {
  return canonicalize(change);
}

/** Reads the text of a change; believes nothing. */
export function parseLogKeyChange(text: string): Result<LogKeyChange, 'log-key-change-invalid'> {
  const json = parseCanonical(text, changeSizeMax);
  if (!json.ok || !isRecord(json.value)) return refuse('log-key-change-invalid');
  const { form, platform, profile, before, key, mlDsa44Key, fromSize, atMs } = json.value;
  const isShaped =
    Object.keys(json.value).join(',') === names &&
    form === 'qorgan.log-key/1' &&
    [platform, profile, before, key, mlDsa44Key].every((value) => typeof value === 'string') &&
    [fromSize, atMs].every((value) => typeof value === 'number' && value >= 0);
  return isShaped ? ok(json.value as unknown as LogKeyChange) : refuse('log-key-change-invalid');
}

export type FollowedKey = {
  readonly key: NoteKey;
  readonly mlDsa44Key: NoteKey;
  /** The head that both keys signed; its size is the first that the new key alone may sign. */
  readonly head: Checkpoint;
};

type Ports = { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 };

function keysOf(
  change: LogKeyChange,
  pinned: NoteKey,
  sha256: Sha256,
): Pick<FollowedKey, 'key' | 'mlDsa44Key'> | undefined {
  const key = parseNoteKey(sha256, change.key);
  const beside = parseNoteKey(sha256, change.mlDsa44Key);
  if (!key.ok || !beside.ok || change.before !== formatNoteKey(pinned)) return undefined;
  const isTyped = key.value.type === noteKeyTypes.ed25519 && beside.value.type === noteKeyTypes.subtree;
  const isOneLog = key.value.name === pinned.name && beside.value.name === pinned.name;
  return isTyped && isOneLog ? { key: key.value, mlDsa44Key: beside.value } : undefined;
}

/** True where the change is the last leaf of the tree of `fromSize`, as the head that the old key signed proves. */
function isLastLeaf(rotation: KeyRotation, change: LogKeyChange, pinned: NoteKey, ports: Ports): boolean {
  const { document, proof } = rotation;
  const { platform, fromSize } = change;
  const signature = asciiBytes(canonicalize(document.signatures));
  const question = { proof, logKey: formatNoteKey(pinned), platform, act: document.document, signature };
  const receipt = verifyReceipt({ ...question, ...ports });
  if (receipt.verdict !== 'good') return false;
  const { leaf, index, size } = receipt.facts;
  const isAccepted = leaf.kind === 'policy' && leaf.outcome === 'accepted' && leaf.device === null;
  return isAccepted && size === fromSize && index === fromSize - 1;
}

/**
 * Follows a rotation from the key that is pinned: the old key signed the change and the head whose last leaf it is, and the
 * new key signed both too. Whether that head extends the tree that was seen before, the caller checks by the old key.
 */
export function followKey(
  rotation: KeyRotation,
  pinned: NoteKey,
  ports: Ports,
): Result<FollowedKey, 'log-key-change-invalid'> {
  const refused = refuse('log-key-change-invalid');
  const { document, proof } = rotation;
  const change = parseLogKeyChange(document.document);
  if (!change.ok) return change;
  const keys = keysOf(change.value, pinned, ports.sha256);
  if (keys === undefined) return refused;
  const isSigned = [pinned, keys.key].every(({ publicKey }) => verifyDocument({ document, publicKey, ...ports }).ok);
  if (!isSigned || !isLastLeaf(rotation, change.value, pinned, ports)) return refused;
  const parsed = parseProof(proof);
  const { verifyEd25519 } = ports;
  const head = parsed.ok ? openCheckpoint({ note: parsed.value.checkpoint, logKey: keys.key, verifyEd25519 }) : parsed;
  return head.ok ? ok({ ...keys, head: head.value }) : refused;
}
