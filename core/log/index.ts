export { checkpointText, logOrigin, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
export { cosignedMessage, cosignedText, isSameKey, timedSignature } from './cosignature.ts';
export { createFrontier, type Frontier } from './frontier.ts';
export {
  followKey,
  logKeyChangeText,
  parseLogKeyChange,
  type FollowedKey,
  type KeyRotation,
  type LogKeyChange,
} from './key-change.ts';
export {
  commitment,
  leafHash,
  leafKinds,
  leafSizeMax,
  leafText,
  parseLeaf,
  saltSizeBytes,
  validationCommitment,
  type Leaf,
  type LeafKind,
  type LeafOutcome,
} from './leaf.ts';
export { logKeyAt, logKeyForProof, openPinnedCheckpoint, type LogPin, type LogPins } from './log-pins.ts';
export {
  consistencyPath,
  hashLeaf,
  hashNode,
  hashSizeBytes,
  inclusionPath,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type ReadHash,
} from './merkle.ts';
export {
  formatNote,
  formatNoteKey,
  formatSignature,
  noteKey,
  noteKeyTypes,
  noteSignaturesMax,
  noteSizeMax,
  parseNote,
  parseNoteKey,
  signNote,
  type Note,
  type NoteKey,
  type NoteKeyType,
  type NoteSignature,
} from './note.ts';
export { logCompromiseText, openLogCompromise, type LogCompromise } from './compromise.ts';
export { cosignNote, openNote, type TrustedNote, type TrustedSignature } from './note-trust.ts';
export { openCheckpoint } from './open-checkpoint.ts';
export { formatOpening, opensLeaf, parseOpening, type Opening } from './opening.ts';
export { formatProof, parseProof, proofSizeMax, type Proof } from './proof.ts';
export { promiseText, type IntakePromise } from './promise.ts';
export {
  isHigherLevel,
  deskLevels,
  receiptLevels,
  verifyReceipt,
  type Cosigner,
  type ReceiptDoubt,
  type ReceiptFacts,
  type ReceiptFault,
  type DeskLevel,
  type ReceiptLevel,
  type ReceiptQuestion,
  type ReceiptVerdict,
} from './receipt.ts';
export { hashesOfTiles, tileHeight, tilePath, tileWidth, tileWidthAt, type ReadTile } from './tiles.ts';
export { upToLastHead, vouchedHead } from './vouched-head.ts';
export {
  meetsPolicy,
  parseWitnessPolicy,
  policyOfKeys,
  policySizeMax,
  readPinnedWitnesses,
  wantsWitnesses,
  type PolicyWitness,
  type WitnessPolicy,
} from './witness-policy.ts';
export { openCosigner, workstationCosigner } from './workstation-cosigner.ts';
