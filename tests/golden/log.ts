import { fromHex, toBase64, toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  checkpointText,
  commitment,
  consistencyPath,
  cosignNote,
  createFrontier,
  formatNoteKey,
  formatOpening,
  formatProof,
  inclusionPath,
  leafHash,
  leafText,
  noteKey,
  noteKeyTypes,
  promiseText,
  signNote,
  validationCommitment,
  type IntakePromise,
  type Leaf,
  type LeafKind,
  type LeafOutcome,
} from '../../core/log/index.ts';
import { canonicalize, textHash } from '../../core/signing/index.ts';
import { sha256 } from '../support/index.ts';
import { acts } from './acts.ts';
import { actionId, device, deviceRecord, epoch, keys, origin, platform, policy, staffRecord, startMs } from './world.ts';

type Sealed = { readonly kind: LeafKind; readonly text: string; readonly cms: string; readonly outcome: LeafOutcome; readonly isOfDevice: boolean };

const outcomes: readonly LeafOutcome[] = ['accepted', 'accepted', 'accepted', 'superseded', 'refused:case-not-claimed', 'accepted'];

/** What was logged, in order. Where no card signed, `cms` stands for the signatures of the document. */
const sealed: readonly Sealed[] = [
  ...[
    { kind: 'platform' as const, text: canonicalize({ form: 'qorgan.platform/1', platform }) },
    { kind: 'policy' as const, text: canonicalize(policy) },
    { kind: 'staff' as const, text: canonicalize(staffRecord) },
    { kind: 'device' as const, text: canonicalize(deviceRecord) },
  ].map((document) => ({ ...document, cms: 'signatures', outcome: 'accepted' as const, isOfDevice: false })),
  ...acts.map(({ text }, at) => ({
    kind: 'act' as const,
    text,
    cms: `a stand-in for the CMS of act ${at + 1}`,
    outcome: outcomes[at] ?? 'accepted',
    isOfDevice: true,
  })),
];

export const entries = sealed.map(({ kind, text, cms, outcome, isOfDevice }, index) => {
  const salt = sha256(`salt ${index}`);
  const envelope = textHash(sha256, text);
  const cmsHash = textHash(sha256, cms);
  const validation = { salt: sha256(`validation salt ${index}`), dataHash: sha256(`validation data ${index}`) };
  const committed = commitment({ sha256, salt, envelopeHash: bytesOf(envelope), cmsHash: bytesOf(cmsHash) });
  const leaf: Leaf = {
    v: 1,
    platform,
    kind,
    actionId: actionId(isOfDevice ? index - 3 : 0x100 + index),
    device: isOfDevice ? device : null,
    epoch: isOfDevice ? epoch : null,
    sequence: isOfDevice ? index - 3 : 0,
    commitment: committed,
    validation: isOfDevice ? validationCommitment({ sha256, ...validation }) : null,
    outcome,
    receivedAtMs: startMs + 1_000 * index,
  };
  const hash = toHex(leafHash(sha256, leafText(leaf)));
  return { text, cms, envelope, cmsHash, salt, validation, leaf, leafText: leafText(leaf), leafHash: hash };
});

function bytesOf(hex: Sha256Hex): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error('golden: a hash is hexadecimal');
  return bytes.value;
}

const hashes = new Map<string, Uint8Array>();
const frontier = createFrontier({ sha256 });
export const roots: readonly string[] = entries.map((entry) => {
  frontier.append(bytesOf(entry.leafHash as Sha256Hex), (level, index, hash) => hashes.set(`${level}/${index}`, hash));
  return toBase64(frontier.root());
});

const readHash = (level: number, index: number): Uint8Array => {
  const hash = hashes.get(`${level}/${index}`);
  if (hash === undefined) throw new Error('golden: the tree has this hash');
  return hash;
};

export const size = entries.length;
export const logKey = noteKey(sha256, { name: origin, publicKey: keys.log.publicKey });
export const witnessKey = noteKey(sha256, { name: 'witness.example/1', publicKey: keys.witness.publicKey, type: noteKeyTypes.cosignature });
export const checkpoint = signNote({ text: checkpointText({ origin, size, root: frontier.root() }), key: logKey, sign: keys.log.sign });
const cosignedResult = cosignNote({ note: checkpoint, key: witnessKey, atSeconds: 1_795_400_060, sign: keys.witness.sign });
export const cosigned = cosignedResult.ok ? cosignedResult.value : '';
export const keyTexts = { log: formatNoteKey(logKey), witness: formatNoteKey(witnessKey) };

export const inclusions = entries.map((_entry, index) => inclusionPath({ sha256, readHash, index, size }).map(toBase64));
export const consistencies = roots.map((_root, at) => consistencyPath({ sha256, readHash, oldSize: at + 1, size }).map(toBase64));

/** The receipt of the last act, which was accepted. */
const receiptIndex = size - 1;
const last = entries[receiptIndex];
if (last === undefined) throw new Error('golden: the log has entries');
export const receiptEntry = last;
export const opening = formatOpening({ leaf: last.leafText, salt: last.salt, envelope: last.envelope, cms: last.cmsHash });
export const receipt = formatProof({ extra: opening, index: receiptIndex, path: inclusionPath({ sha256, readHash, index: receiptIndex, size }), checkpoint });

export const promise: IntakePromise = {
  form: 'qorgan.promise/1',
  platform,
  actionId: last.leaf.actionId,
  device,
  epoch,
  sequence: last.leaf.sequence,
  envelope: last.envelope,
  commitment: last.leaf.commitment,
  outcome: last.leaf.outcome,
  receivedAtMs: last.leaf.receivedAtMs,
  deadlineMs: last.leaf.receivedAtMs + 2_000,
};
export const promiseDocument = promiseText(promise);

