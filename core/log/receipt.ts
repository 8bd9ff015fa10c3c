import {
  ok,
  refuse,
  toHex,
  type PlatformId,
  type Result,
  type Sha256,
  type VerifyEd25519,
  type VerifyMlDsa44,
} from '../kernel/index.ts';
import { logOrigin, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { isSameKey } from './cosignature.ts';
import { leafHash, type Leaf } from './leaf.ts';
import { verifyInclusion } from './merkle.ts';
import { noteKeyTypes, parseNote, parseNoteKey, type NoteKey } from './note.ts';
import { openNote, type TrustedSignature } from './note-trust.ts';
import { opensLeaf, parseOpening, type Opening } from './opening.ts';
import { parseProof, type Proof } from './proof.ts';
import { meetsPolicy, type WitnessPolicy } from './witness-policy.ts';

/** Who may vouch for a tree head, from the least to the most. */
export const receiptLevels = ['log', 'operator', 'external'] as const;
export type ReceiptLevel = (typeof receiptLevels)[number];

/** The levels at a workstation: its enrolment pins outside witnesses, and no cosigners of the operator. */
export const deskLevels = ['log', 'external'] as const satisfies readonly ReceiptLevel[];
export type DeskLevel = (typeof deskLevels)[number];

/** True where more vouch at the one level than at the other. */
export function isHigherLevel(level: ReceiptLevel, than: ReceiptLevel): boolean {
  return receiptLevels.indexOf(level) > receiptLevels.indexOf(than);
}

export type Cosigner = { readonly name: string; readonly isOutside: boolean; readonly atSeconds: number };

/** What a receipt says; true only where the verdict is `good`. */
export type ReceiptFacts = {
  readonly origin: string;
  readonly isDemo: boolean;
  readonly leaf: Leaf;
  /** Zero-based place in the log; people are shown the number `index + 1`. */
  readonly index: number;
  /** Leaves that the signed tree head covers. */
  readonly size: number;
  /**
   * Who vouches for the tree head, by the keys that the reader trusts: the log alone; cosigners of the operator too; or as
   * many outside witnesses as the reader's policy wants.
   */
  readonly level: ReceiptLevel;
  /** Trusted cosigners of the tree head and when they say they saw it (Unix seconds). */
  readonly cosigners: readonly Cosigner[];
  /** Whether the log signed by ML-DSA-44 too; absent where no such key of the log was given. */
  readonly isMlDsa44Signed?: boolean;
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
  | 'receipt-signature-wrong'
  | 'receipt-cosignature-wrong';

export type ReceiptDoubt =
  | 'log-key-absent'
  | 'log-key-malformed'
  | 'witness-policy-malformed'
  | 'head-not-vouched'
  | 'receipt-not-vouched';

export type ReceiptVerdict =
  | { readonly verdict: 'good'; readonly facts: ReceiptFacts }
  | { readonly verdict: 'bad'; readonly reason: ReceiptFault }
  | { readonly verdict: 'cannot-tell'; readonly reason: ReceiptDoubt; readonly facts?: ReceiptFacts };

export type ReceiptQuestion = {
  /** Text of the `.tlog-proof`. */
  readonly proof: string;
  /** Trusted keys of the log as C2SP vkey texts, one a line: one of its Ed25519 keys must have signed, and an ML-DSA-44 line is checked by its key. */
  readonly logKey?: string;
  /** Platform that the receipt must be of. */
  readonly platform?: PlatformId;
  /** The act that the receipt must be of: the exact envelope, as text or as bytes. */
  readonly act?: Uint8Array | string;
  /** Its detached signature (CMS, DER). */
  readonly signature?: Uint8Array;
  /** Outside witnesses that the reader trusts; its logs count where no `logKey` is given. */
  readonly witnesses?: WitnessPolicy;
  /** Cosigner keys of the operator; they never count towards the policy. */
  readonly operatorKeys?: readonly NoteKey[];
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
  /** Without it no ML-DSA-44 cosignature holds. */
  readonly verifyMlDsa44?: VerifyMlDsa44;
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
    cosigners: [],
    envelope: opening.envelope,
    ...(question.act === undefined ? {} : { isGivenAct: true }),
    ...(question.signature === undefined ? {} : { isGivenSignature: true }),
  };
}

/** A log has two keys; after some rotations a reader may list those before them too. */
const logKeysMax = 64;

/** The keys of the log that the reader trusts: the given ones, or those in his policy. */
function trustedLogKeys(question: ReceiptQuestion): Result<readonly NoteKey[], ReceiptDoubt> {
  const { logKey, witnesses, sha256 } = question;
  const listed = witnesses?.logs.map(({ key }) => key) ?? [];
  if (logKey === undefined) return listed.length === 0 ? refuse('log-key-absent') : ok(listed);
  const lines = logKey.split('\n').filter((line) => line !== '');
  const keys = lines.flatMap((line) => {
    const key = parseNoteKey(sha256, line);
    return key.ok && key.value.type !== noteKeyTypes.cosignature ? [key.value] : [];
  });
  const isWhole = keys.length === lines.length && keys.length <= logKeysMax && keys.some(isEd25519);
  return isWhole ? ok(keys) : refuse('log-key-malformed');
}

const isEd25519 = ({ type }: NoteKey): boolean => type === noteKeyTypes.ed25519;

/** Who vouches, counted by key and not by name: the log and the operator are nobody's outside witness. */
function levelOf(
  signatures: readonly TrustedSignature[],
  logKeys: readonly NoteKey[],
  question: ReceiptQuestion,
): Pick<ReceiptFacts, 'level' | 'cosigners'> {
  const { witnesses, operatorKeys = [] } = question;
  const cosigned = signatures.flatMap(({ key, atSeconds }) =>
    atSeconds === undefined || logKeys.includes(key) ? [] : [{ key, atSeconds }],
  );
  const isOutside = (key: NoteKey): boolean => !operatorKeys.includes(key);
  const outside = cosigned.map(({ key }) => key).filter(isOutside);
  const cosigners = cosigned.map(({ key, atSeconds }) => ({ name: key.name, isOutside: isOutside(key), atSeconds }));
  if (witnesses !== undefined && meetsPolicy(witnesses, outside)) return { level: 'external', cosigners };
  return { level: outside.length < cosigned.length ? 'operator' : 'log', cosigners };
}

/** True where it is the log whose line beside the Ed25519 one is wrong. */
function isLogLineWrong(note: string, keys: readonly NoteKey[], question: ReceiptQuestion): boolean {
  const { verifyEd25519, verifyMlDsa44 } = question;
  return !openNote({ note, keys, verifyEd25519, verifyMlDsa44 }).ok;
}

/**
 * Checks a receipt offline: form, opening, path, the act where it is given, the log's signature by the trusted key, and the
 * cosignatures of trusted witnesses; a wrong one of these is as bad as a wrong signature of the log.
 * Without a trusted log key the best answer is `cannot-tell`, whatever else fits. A good receipt says that the act is in the
 * log with that outcome; whether the outcome is `accepted` is for the reader of the facts.
 */
export function verifyReceipt(question: ReceiptQuestion): ReceiptVerdict {
  const parts = readParts(question.proof);
  if (parts === undefined) return bad('receipt-malformed');
  const fault = findFault(parts, question);
  if (fault !== undefined) return bad(fault);
  const facts = factsOf(parts, question);
  const trusted = trustedLogKeys(question);
  if (!trusted.ok) {
    const { code: reason } = trusted.refusal;
    return reason === 'log-key-absent' ? { verdict: 'cannot-tell', reason, facts } : { verdict: 'cannot-tell', reason };
  }
  const outside = question.witnesses?.witnesses.map(({ key }) => key) ?? [];
  const insiders = [...trusted.value, ...(question.operatorKeys ?? [])];
  if (outside.some((key) => insiders.some((insider) => isSameKey(key, insider))))
    return { verdict: 'cannot-tell', reason: 'witness-policy-malformed' };
  const logKeys = trusted.value.filter(({ name }) => name === facts.origin);
  const { verifyEd25519, verifyMlDsa44 } = question;
  const note = parts.proof.checkpoint;
  const byLog = openNote({ note, keys: logKeys.filter(isEd25519), verifyEd25519 });
  if (!byLog.ok)
    return bad(byLog.refusal.code === 'note-key-unknown' ? 'receipt-log-key-other' : 'receipt-signature-wrong');
  const keys = [...logKeys, ...(question.operatorKeys ?? []), ...outside];
  const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
  if (!opened.ok)
    return bad(isLogLineWrong(note, logKeys, question) ? 'receipt-signature-wrong' : 'receipt-cosignature-wrong');
  const { signatures } = opened.value;
  const isMlDsa44Signed = logKeys.every(isEd25519)
    ? {}
    : { isMlDsa44Signed: signatures.some(({ key }) => logKeys.includes(key) && !isEd25519(key)) };
  return { verdict: 'good', facts: { ...facts, ...isMlDsa44Signed, ...levelOf(signatures, logKeys, question) } };
}
