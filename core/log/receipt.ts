import { toHex, type PlatformId, type Sha256, type VerifyEd25519 } from '../kernel/index.ts';
import { logOrigin, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { leafHash, type Leaf } from './leaf.ts';
import { verifyInclusion } from './merkle.ts';
import { noteKeyTypes, parseNote, parseNoteKey } from './note.ts';
import { openNote } from './note-trust.ts';
import { opensLeaf, parseOpening, type Opening } from './opening.ts';
import { parseProof, type Proof } from './proof.ts';

/** What a receipt says; true only where the verdict is `good`. */
export type ReceiptFacts = {
  readonly origin: string;
  readonly isDemo: boolean;
  readonly leaf: Leaf;
  /** Zero-based place in the log; people are shown the number `index + 1`. */
  readonly index: number;
  /** Leaves that the signed tree head covers. */
  readonly size: number;
  /** Who vouches for the tree head: the log alone, until witnesses cosign. */
  readonly level: 'log';
  /** Hash of the envelope that the commitment opens to. */
  readonly envelope: string;
  /** True where the act's text was given and is the one that was logged; absent where it was not given. */
  readonly isGivenAct?: true;
  readonly isGivenSignature?: true;
};

export type ReceiptFault =
  | 'receipt-malformed'
  | 'receipt-opening-wrong'
  | 'receipt-other-platform'
  | 'receipt-path-wrong'
  | 'receipt-other-act'
  | 'receipt-other-signature'
  | 'receipt-log-key-other'
  | 'receipt-signature-wrong';

export type ReceiptDoubt = 'log-key-absent' | 'log-key-malformed';

export type ReceiptVerdict =
  | { readonly verdict: 'good'; readonly facts: ReceiptFacts }
  | { readonly verdict: 'bad'; readonly reason: ReceiptFault }
  | { readonly verdict: 'cannot-tell'; readonly reason: ReceiptDoubt; readonly facts?: ReceiptFacts };

export type ReceiptQuestion = {
  /** Text of the `.tlog-proof`. */
  readonly proof: string;
  /** Trusted key of the log as a C2SP vkey text. */
  readonly logKey?: string;
  /** Platform that the receipt must be of. */
  readonly platform?: PlatformId;
  /** The act that the receipt must be of: the exact envelope, as text or as bytes. */
  readonly act?: Uint8Array | string;
  /** Its detached signature (CMS, DER). */
  readonly signature?: Uint8Array;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
};

const bad = (reason: ReceiptFault): ReceiptVerdict => ({ verdict: 'bad', reason });

type Parts = { readonly proof: Proof; readonly opening: Opening; readonly leaf: Leaf; readonly checkpoint: Checkpoint };

function readParts(text: string): Parts | undefined {
  const proof = parseProof(text);
  if (!proof.ok || proof.value.extra === undefined) return undefined;
  const opening = parseOpening(proof.value.extra);
  const note = parseNote(proof.value.checkpoint);
  if (!opening.ok || !note.ok) return undefined;
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint.ok ? { proof: proof.value, ...opening.value, checkpoint: checkpoint.value } : undefined;
}

/** The first thing in which the receipt contradicts itself or what was asked, before any key is believed. */
function findFault(parts: Parts, question: ReceiptQuestion): ReceiptFault | undefined {
  const { proof, opening, leaf, checkpoint } = parts;
  const { sha256, platform, act, signature } = question;
  const origins = [logOrigin('production', leaf.platform), logOrigin('demo', leaf.platform)];
  if (!origins.includes(checkpoint.origin)) return 'receipt-other-platform';
  if (platform !== undefined && leaf.platform !== platform) return 'receipt-other-platform';
  if (!opensLeaf(sha256, opening, leaf)) return 'receipt-opening-wrong';
  const { size, root } = checkpoint;
  const isIncluded = verifyInclusion({
    sha256,
    leaf: leafHash(sha256, opening.leaf),
    index: proof.index,
    size,
    path: proof.path,
    root,
  });
  if (!isIncluded) return 'receipt-path-wrong';
  if (act !== undefined && toHex(sha256(act)) !== opening.envelope) return 'receipt-other-act';
  if (signature !== undefined && toHex(sha256(signature)) !== opening.cms) return 'receipt-other-signature';
  return undefined;
}

function factsOf({ proof, opening, leaf, checkpoint }: Parts, question: ReceiptQuestion): ReceiptFacts {
  return {
    origin: checkpoint.origin,
    isDemo: checkpoint.origin === logOrigin('demo', leaf.platform),
    leaf,
    index: proof.index,
    size: checkpoint.size,
    level: 'log',
    envelope: opening.envelope,
    ...(question.act === undefined ? {} : { isGivenAct: true }),
    ...(question.signature === undefined ? {} : { isGivenSignature: true }),
  };
}

/**
 * Checks a receipt offline: form, opening, path, the act where it is given, and the log's signature by the trusted key.
 * Without a trusted key the best answer is `cannot-tell`, whatever else fits. A good receipt says that the act is in the
 * log with that outcome; whether the outcome is `accepted` is for the reader of the facts.
 */
export function verifyReceipt(question: ReceiptQuestion): ReceiptVerdict {
  const parts = readParts(question.proof);
  if (parts === undefined) return bad('receipt-malformed');
  const fault = findFault(parts, question);
  if (fault !== undefined) return bad(fault);
  const facts = factsOf(parts, question);
  if (question.logKey === undefined) return { verdict: 'cannot-tell', reason: 'log-key-absent', facts };
  const logKey = parseNoteKey(question.sha256, question.logKey);
  if (!logKey.ok || logKey.value.type !== noteKeyTypes.ed25519)
    return { verdict: 'cannot-tell', reason: 'log-key-malformed' };
  if (logKey.value.name !== parts.checkpoint.origin) return bad('receipt-log-key-other');
  const note = openNote({ note: parts.proof.checkpoint, keys: [logKey.value], verifyEd25519: question.verifyEd25519 });
  if (note.ok) return { verdict: 'good', facts };
  return bad(note.refusal.code === 'note-key-unknown' ? 'receipt-log-key-other' : 'receipt-signature-wrong');
}
