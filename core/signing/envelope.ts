import type { ActType, ActPayloads } from '../actions/index.ts';
import {
  toHex,
  type ActionId,
  type CaseId,
  type DeviceId,
  type Iin,
  type JournalEpoch,
  type PlatformId,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import { canonicalize, type Json } from '../kernel/index.ts';

export type Locale = 'kk' | 'ru' | 'en';

/** Demo and production never mix: the profile stands in every signed text (docs/decisions/0001). */
export type Profile = 'demo' | 'production';

/** Largest envelope in UTF-16 units; C2SP log entries and our HTTP doors allow no more. */
export const envelopeSizeMax = 49_152;

export type Shown = {
  readonly locale: Locale;
  /** Equals the type of the act. */
  readonly template: string;
  readonly version: number;
  /** SHA-256 of the text exactly as the signer saw it. */
  readonly hash: Sha256Hex;
};

/** Which state of which case the act was decided on; revision 0 is a case that does not exist yet. */
export type Subject = { readonly case: CaseId; readonly revision: number; readonly hash: Sha256Hex };

/** Envelope v1, the text that a card signs (docs/decisions/0001). */
export type ActEnvelope<Type extends ActType = ActType> = {
  readonly [T in Type]: {
    readonly form: 'qorgan.act/1';
    readonly platform: PlatformId;
    readonly profile: Profile;
    /** Log origin. */
    readonly log: string;
    readonly id: ActionId;
    readonly type: T;
    readonly schema: 1;
    readonly device: DeviceId;
    readonly epoch: JournalEpoch;
    /** Of acts of this device and epoch, from 1. */
    readonly sequence: number;
    /** Hash of the previous act of this device and epoch; of the device record for the first. */
    readonly previous: Sha256Hex;
    readonly actor: { readonly iin: Iin; readonly certificate: Sha256Hex };
    readonly claimedAtMs: number;
    readonly boot: { readonly id: string; readonly monotonicMs: number };
    readonly policy: number;
    readonly treeHead: { readonly size: number; readonly root: string };
    readonly subject: Subject;
    readonly payload: ActPayloads[T];
    readonly evidence: readonly Sha256Hex[];
    readonly shown: Shown;
    readonly client: string;
  };
}[Type];

/** The canonical text of an envelope: what is signed, hashed, kept and sent. */
export function envelopeText(envelope: ActEnvelope): string {
  return canonicalize(envelope as unknown as Json);
}

/** SHA-256 of a text in hexadecimal. */
export function textHash(sha256: Sha256, text: string): Sha256Hex {
  return toHex(sha256(text)) as Sha256Hex;
}

/** Hash of a case that has no acts yet. */
export const caseHashStart = '0'.repeat(64) as Sha256Hex;

/** The hash of a case after one more act: SHA-256 over the two hexadecimal texts. */
export function nextCaseHash(sha256: Sha256, before: Sha256Hex, act: Sha256Hex): Sha256Hex {
  return toHex(sha256(before, act)) as Sha256Hex;
}
