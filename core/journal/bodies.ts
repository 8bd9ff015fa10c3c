import type { Posture } from '../access/index.ts';
import type { ActionId, Iin, Sha256Hex } from '../kernel/index.ts';
import type { EvidenceDescriptor, EvidenceDocument } from '../evidence/index.ts';
import type { KeyRotation, LeafOutcome, DeskLevel } from '../log/index.ts';
import type { SignedDocument } from '../signing/index.ts';
import type { EntryKind } from './chain.ts';

/** Last link of a chain; sequence 0 with the hash of the device record where it is empty. */
export type ChainHead = { readonly sequence: number; readonly hash: Sha256Hex };

type Person = { readonly iin: Iin; readonly certificate: Sha256Hex };

/**
 * What the body of each kind of entry says. Facts that a proof or promise carries stand beside it, taken out when it was
 * verified, so that the fold of a long journal needs no signature to be checked again.
 */
export type EntryBodies = {
  readonly enrolled: { readonly bundle: SignedDocument; readonly slotsVersion: number };
  /** `cms` is base64 of the detached signature. */
  readonly act: { readonly envelope: string; readonly cms: string };
  readonly promise: {
    readonly actionId: ActionId;
    readonly document: SignedDocument;
    readonly outcome: LeafOutcome;
    readonly commitment: Sha256Hex;
    readonly deadlineMs: number;
  };
  readonly receipt: {
    readonly actionId: ActionId;
    /** C2SP tlog-proof. */
    readonly proof: string;
    readonly outcome: LeafOutcome;
    readonly commitment: Sha256Hex;
    readonly index: number;
    /** By the witnesses that the enrolment pinned; absent where nobody was looked for, which counts as the log alone. */
    readonly level?: DeskLevel;
  };
  readonly outcome: { readonly actionId: ActionId; readonly refusal: string };
  readonly checkpoint: { readonly note: string; readonly size: number; readonly root: string };
  /** The log's key was replaced, as the key before it proves; `proof` is a C2SP tlog-proof. */
  readonly 'log-key': KeyRotation;
  readonly 'sign-in': Person;
  readonly 'shift-started': Person;
  /** `because`: the code by which the desk locked, where it was not the person who ended the shift. */
  readonly 'shift-ended': Person & { readonly because?: string };
  readonly 'slot-changed': {
    readonly change: 'added' | 'removed' | 'rewrapped' | 'rotated' | 'recovered';
    /** `null` where all slots are meant. */
    readonly slotId: string | null;
    readonly version: number;
  };
  /** What the server signed that it holds of this journal. */
  readonly contact: { readonly statement: SignedDocument; readonly entries: ChainHead; readonly acts: ChainHead };
  readonly alarm: {
    readonly code: string;
    readonly actionId?: ActionId;
    readonly details?: Readonly<Record<string, string | number>>;
    /** Of an alarm about the log: both tree heads as signed notes, and who cosigned the other one. */
    readonly heads?: AlarmHeads;
    /** Of a quarantine: the `qorgan.journal-heads/1` that this journal lacks, where the server signed one, or the `qorgan.log-compromise/1`. */
    readonly statement?: SignedDocument;
    /** Of `alarm-explained`: base64 of the proof that both heads are states of one log (RFC 6962). */
    readonly consistency?: readonly string[];
  };
  /** What this machine said of its own state. */
  readonly posture: Posture;
  /** Bytes of an encrypted file beside the journal; whoever was at work when they were recorded. */
  readonly evidence: { readonly descriptor: EvidenceDescriptor; readonly person: Person };
  /** What the log holds of a piece of evidence: the platform document and its C2SP tlog-proof. */
  readonly 'evidence-receipt': {
    readonly sha256: Sha256Hex;
    readonly document: string;
    readonly proof: string;
    readonly verdict: EvidenceDocument['verdict'];
    readonly index: number;
  };
};

export type EntryOf = {
  readonly [Kind in EntryKind]: { readonly kind: Kind; readonly body: EntryBodies[Kind] };
}[EntryKind];

/** Two tree heads that contradict each other; `null` where the server would not show one. */
export type AlarmHeads = {
  readonly own: string | null;
  readonly other: string | null;
  /** A `qorgan.cosigner/1` of the workstation whose cosignature the other head carries. */
  readonly cosigner?: SignedDocument | undefined;
};

/** Why a vault refuses to record acts until it is enrolled anew. */
export const quarantineReasons = [
  'journal-rolled-back',
  'journal-diverged',
  'journal-epoch-unknown',
  'log-compromised',
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** Says that somebody has read the alarm of the journal entry `details.entry`; until then an alarm stays, restarts included. */
export const acknowledgedAlarm = 'alarm-acknowledged';

/** The alarm that says that a promise fell due. */
export const overdueAlarm = 'promise-overdue';

/**
 * Alarms that say that the log lied, or that its key was stolen. They stand, read or not, until `alarm-explained` proves that both
 * heads are states of one log, and where the key was stolen for good; while one stands the vault takes nothing that comes from the server.
 */
export const logAlarms = ['log-forked', 'log-rewound', 'split-view', 'log-compromised'] as const;
export type LogAlarm = (typeof logAlarms)[number];

/** Says by proof that the alarm of the journal entry `details.entry` was none. */
export const explainedAlarm = 'alarm-explained';
