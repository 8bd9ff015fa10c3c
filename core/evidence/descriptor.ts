import type { CaseId, DeviceId, PlatformId, Sha256Hex } from '../kernel/index.ts';
import type { Profile } from '../signing/index.ts';

/** What a piece of evidence is; a retention schedule names how long each class is kept. */
export const evidenceClasses = ['screenshot', 'photo', 'video', 'document', 'log'] as const;
export type EvidenceClass = (typeof evidenceClasses)[number];

/** Two hours of video at 2 Mbit/s, and the largest file that ClamAV examines (`MaxFileSize 2047M`): a larger one would never get a verdict. */
export const evidenceSizeMaxBytes = 2_146_435_072;
/**
 * One request of an upload: its digest is checked before a byte is kept, so that a server holds it whole in memory, and no more
 * than this is sent again after a line was cut. A multiple of the record, so that an offset is always the start of one.
 */
export const chunkSizeMaxBytes = 4_194_304;
/** Canonical text of a descriptor, in UTF-16 units; it travels as base64 in a header. */
export const descriptorSizeMax = 2_048;

/** What a device says about bytes when it captures them. */
export type EvidenceDescriptor = {
  readonly form: 'qorgan.evidence-descriptor/1';
  /** Of the plaintext. */
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly class: EvidenceClass;
  /** Why it was captured, in the words of the person who did it. */
  readonly reason: string;
  readonly capturedAtMs: number;
  readonly case: CaseId | null;
};

/** Where an upload stands. Nothing leaves `quarantined` without a verdict. */
export const evidenceStates = ['receiving', 'quarantined', 'accepted', 'refused'] as const;
export type EvidenceState = (typeof evidenceStates)[number];

/** What looked for malware, and by which base of signatures. */
export type AntivirusVersion = {
  readonly engine: string;
  readonly baseVersion: string;
  readonly baseAtMs: number;
};

/**
 * The platform's document about one piece of evidence: what the device said, which ciphertext holds it, and what the antivirus found.
 * It counts when the log holds its leaf. Infected evidence has one as well: its ciphertext stays sealed in quarantine.
 */
export type EvidenceDocument = {
  readonly form: 'qorgan.evidence/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly device: DeviceId;
  readonly descriptor: EvidenceDescriptor;
  /** SHA-256 and size of the sealed file: header and records. */
  readonly blob: Sha256Hex;
  readonly blobSizeBytes: number;
  /** The subject whose data key seals the key of the blob: destroying it destroys the evidence. */
  readonly keyId: string;
  readonly verdict: 'clean' | 'infected';
  /** Name of what was found; `null` where nothing was. */
  readonly found: string | null;
  readonly antivirus: AntivirusVersion;
  readonly receivedAtMs: number;
  readonly examinedAtMs: number;
};

/** The subject of the key of all ciphertexts of this plaintext. */
export function evidenceSubject(sha256: Sha256Hex): string {
  return `evidence:${sha256}`;
}
