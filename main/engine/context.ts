import type { Role, PolicyDocument } from '../../core/access/index.ts';
import type { QuarantineReason } from '../../core/journal/index.ts';
import type { LogPins } from '../../core/log/index.ts';
import type { Iin, Refusal, Sha256Hex } from '../../core/kernel/index.ts';
import type { EnrolmentBundle, SignedDocument } from '../../core/signing/index.ts';
import type { StatusView } from '../../contracts/ipc/index.ts';
import type { VaultHost } from '../../contracts/vault-host/index.ts';
import type { SupervisedHost } from '../hosts/index.ts';
import type { LocalFiles } from '../local-files/index.ts';
import type { CardSigner, Devices } from './cards.ts';
import type { ServerClient } from './http/client.ts';
import type { WatchedPrompt } from './open-prompt.ts';
import type { EngineEvent, Preferences, WorkstationOptions } from './ports.ts';
import { noRevocationKnown, type KnownRevocation } from './revocation.ts';
import type { ServerClock } from './server-clock.ts';
import type { TreeHead } from './sync/tree-head.ts';

export type Vault = SupervisedHost<VaultHost>;

/** A policy with whom its signatures are of; nobody's of the bundle, which the platform key signed. */
export type HeldPolicy = {
  readonly document: PolicyDocument;
  readonly signers: readonly { readonly iin: Iin; readonly name: string }[];
  readonly basis: string;
};

/** What the open vault says that this workstation belongs to. */
export type Enrolment = {
  readonly bundle: EnrolmentBundle;
  readonly document: SignedDocument;
  /** Of the bundle first, then each that two people signed over the one before. */
  policies: readonly HeldPolicy[];
  /** The one in effect. */
  policy: PolicyDocument;
  /** Keys of the log that this workstation follows; grows when the log's key is replaced. */
  logPins: LogPins;
  readonly device: string;
  readonly deviceName: string;
  /** SHA-256 of its key: what two people compare before they admit it. */
  readonly deviceFingerprint: Sha256Hex;
};

/** A person at work: from the opening of the vault by his card until it is locked. */
export type Shift = {
  readonly enrolment: Enrolment;
  /** As it was at the start; the card is looked up again by its certificate before each signature. */
  readonly signer: CardSigner;
  readonly iin: Iin;
  readonly client: ServerClient;
  name: string;
  roles: readonly Role[];
  /** When the password was entered last, by the clock that never jumps. */
  passwordAtMs: number;
  /** When the server took a report of this machine last, by the clock that never jumps; minus infinity before the first. */
  reportedAtMs: number;
  /** Why the server takes no acts from this machine as it is; `null` where it does. */
  restriction: Refusal | null;
  /** What the person is reminded of. */
  terms: StatusView['terms'];
};

export type ServerState = StatusView['server'];

/** Evidence on its way: how much waits, and how far what is being sent has come. */
export type Uploads = {
  waiting: number;
  paused: number;
  stuck: number;
  current: { readonly sha256: Sha256Hex; readonly sentBytes: number; readonly sizeBytes: number } | null;
  /** Bytes that the server was seen to hold; only for the eye. */
  readonly reached: Map<Sha256Hex, number>;
};

export function noUploads(): Uploads {
  return { waiting: 0, paused: 0, stuck: 0, current: null, reached: new Map() };
}

/** What the engine remembers between calls. Nothing here is authority: the vault and the server are. */
export type EngineState = {
  shift: Shift | undefined;
  /** The newest tree head that was verified here; `undefined` before the first shift. */
  head: TreeHead | undefined;
  preferences: Preferences;
  /** Known from the vault; `true` after the first look. */
  vaultExists: boolean;
  quarantine: QuarantineReason | undefined;
  server: ServerState;
  outbox: { waiting: number; overdue: number };
  log: StatusView['log'];
  /** Alarms of the emergency account that stand, as the server told last. */
  standingAlarms: number;
  card: StatusView['card'];
  failedModules: StatusView['failedModules'];
  alarms: StatusView['alarms'];
  uploads: Uploads;
  revocation: KnownRevocation;
  /** Why the desk locked by itself; `null` where a person ended the shift, or none was open. */
  lockedBy: StatusView['server']['refusal'];
};

/** What the flows of the engine share. */
export type Engine = {
  readonly options: Omit<WorkstationOptions, 'prompt'> & { readonly prompt: WatchedPrompt };
  readonly files: LocalFiles;
  readonly devices: Devices;
  readonly vault: Vault;
  readonly serverClock: ServerClock;
  readonly state: EngineState;
  emit(event: EngineEvent): void;
  /** Starts the sync loop's next round now. */
  kickSync(): void;
  /** Starts the next round of uploads now. */
  kickUploads(): void;
  /** Locks the desk once what a card signs at this moment is recorded; nothing happens where it is locked. */
  lock(refusal: Refusal): void;
};

export const noServer: ServerState = { state: 'closed', since: null, url: null, refusal: null };

/** What an engine knows before anything was asked. */
export function firstState(
  known: Pick<EngineState, 'preferences' | 'vaultExists'> & Partial<Pick<EngineState, 'lockedBy'>>,
): EngineState {
  return {
    lockedBy: null,
    ...known,
    shift: undefined,
    quarantine: undefined,
    server: noServer,
    outbox: { waiting: 0, overdue: 0 },
    head: undefined,
    log: { lastIndex: null, treeSize: null, checkedAtMs: null, mirrors: [] },
    standingAlarms: 0,
    card: { state: 'absent', label: null },
    failedModules: [],
    alarms: [],
    uploads: noUploads(),
    revocation: noRevocationKnown,
  };
}

/** Changes what the status line says of the server; says so only when it changed. */
export function setServer(engine: Engine, state: ServerState['state'], refusal: Refusal | null = null): void {
  const before = engine.state.server;
  if (before.state === state && before.refusal?.code === refusal?.code) return;
  const url = engine.state.shift?.enrolment.bundle.server.url ?? null;
  const kept =
    refusal === null
      ? null
      : { code: refusal.code, ...(refusal.incidentId === undefined ? {} : { incidentId: refusal.incidentId }) };
  engine.state.server = { state, since: engine.options.clock.nowMs(), url, refusal: kept };
  engine.emit('app.changed');
}
