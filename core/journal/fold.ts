import { outboxStart, evolveOutbox, type OutboxItem } from '../sync/index.ts';
import {
  ok,
  refuse,
  toHex,
  type ActionId,
  type CaseId,
  type DeviceId,
  type Iin,
  type JournalEpoch,
  type PlatformId,
  type Result,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import { canonicalize, type ActEnvelope, type Json } from '../signing/index.ts';
import {
  overdueAlarm,
  quarantineReasons,
  type ChainHead,
  type EntryBodies,
  type EntryOf,
  type QuarantineReason,
} from './bodies.ts';
import { entryKinds, type EntryHeader } from './chain.ts';
import { standingAfter, type StandingAlarm } from './standing.ts';
import { headOfProof, newestHead, type JournalTreeHead } from './tree-head.ts';
import { EvidenceFold, type EvidenceFault, type JournalEvidence } from './evidence.ts';

/** An own act as the journal tells it. */
export type JournalAct = {
  readonly actionId: ActionId;
  readonly sequence: number;
  readonly entrySequence: number;
  readonly hash: Sha256Hex;
  readonly type: string;
  readonly caseId: CaseId;
  /** Number of the registration, where the act brings it. */
  readonly caseNumber: string | null;
  readonly iin: Iin;
  readonly certificate: Sha256Hex;
  readonly recordedAtMs: number;
  readonly outbox: OutboxItem;
};

/** What a journal says when it is read from the first entry to the last. */
export type JournalState = {
  readonly entries: ChainHead;
  readonly acts: ChainHead;
  /** Latest clock of any entry. */
  readonly lastAtMs: number;
  readonly slotsVersion: number;
  readonly quarantine: QuarantineReason | null;
  readonly treeHead: JournalTreeHead | null;
  /** The newest statement of the server that is kept here. */
  readonly stated: { readonly acts: number; readonly entries: number; readonly atMs: number } | null;
  readonly standing: readonly StandingAlarm[];
};

export type JournalFault =
  | 'header-not-canonical'
  | 'header-foreign'
  | 'sequence-gap'
  | 'link-broken'
  | 'body-changed'
  | 'body-malformed'
  | 'act-foreign'
  | 'act-sequence-gap'
  | 'act-link-broken'
  | 'act-unknown'
  | 'act-twice'
  | EvidenceFault
  | 'not-enrolled-first';

export type JournalFold = {
  /** Takes the next entry; after a fault the fold is of no further use. */
  readonly take: (entry: { readonly header: string; readonly body: string }) => Result<EntryOf, JournalFault>;
  readonly state: () => JournalState;
  readonly acts: () => ReadonlyMap<ActionId, JournalAct>;
  readonly evidence: () => ReadonlyMap<Sha256Hex, JournalEvidence>;
};

export type JournalIdentity = {
  readonly platform: PlatformId;
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  /** SHA-256 of the device record: both chains start on it. */
  readonly start: Sha256Hex;
};

class Fold {
  readonly #sha256: Sha256;
  readonly #identity: JournalIdentity;
  readonly #acts = new Map<ActionId, JournalAct>();
  readonly #evidence = new EvidenceFold();
  #state: JournalState;
  #actHead: ChainHead;

  constructor(sha256: Sha256, identity: JournalIdentity) {
    this.#sha256 = sha256;
    this.#identity = identity;
    this.#state = journalStart(identity.start);
    this.#actHead = this.#state.acts;
  }

  get state(): JournalState {
    return this.#state;
  }

  get acts(): ReadonlyMap<ActionId, JournalAct> {
    return this.#acts;
  }

  get evidence(): ReadonlyMap<Sha256Hex, JournalEvidence> {
    return this.#evidence.pieces;
  }

  #hash(text: string): Sha256Hex {
    return toHex(this.#sha256(text)) as Sha256Hex;
  }

  take(headerText: string, bodyText: string): Result<EntryOf, JournalFault> {
    const header = readObject(headerText) as EntryHeader | undefined;
    if (header === undefined) return refuse('header-not-canonical');
    const { platform, device, epoch } = this.#identity;
    const isOurs =
      header.form === 'qorgan.entry/1' &&
      header.platform === platform &&
      header.device === device &&
      header.epoch === epoch;
    if (!isOurs) return refuse('header-foreign');
    const { entries } = this.#state;
    if (header.sequence !== entries.sequence + 1) return refuse('sequence-gap');
    if (header.previous !== entries.hash) return refuse('link-broken');
    if (header.body !== this.#hash(bodyText)) return refuse('body-changed');
    const body = readObject(bodyText);
    if (body === undefined) return refuse('body-malformed');
    if ((header.sequence === 1) !== (header.kind === 'enrolled')) return refuse('not-enrolled-first');
    const entry = { kind: header.kind, body } as unknown as EntryOf;
    if (!entryKinds.includes(header.kind)) return refuse('body-malformed');
    const fault = this.#apply(entry, header);
    if (fault !== undefined) return refuse(fault);
    const act = this.#actHead;
    this.#state = advanceJournal(this.#state, { entry, header, hash: this.#hash(headerText), act });
    return ok(entry);
  }

  #apply(entry: EntryOf, header: EntryHeader): JournalFault | undefined {
    if (entry.kind === 'act') return this.#takeAct(entry.body, header);
    if (entry.kind === 'evidence' || entry.kind === 'evidence-receipt') {
      const taken =
        entry.kind === 'evidence'
          ? this.#evidence.record(entry.body, header)
          : this.#evidence.prove(entry.body, header);
      return taken.ok ? undefined : taken.refusal.code;
    }
    return movesAct(entry) ? this.#moveAct(entry, header.atMs) : undefined;
  }

  #takeAct(body: EntryBodies['act'], header: EntryHeader): JournalFault | undefined {
    const envelope = readObject(body.envelope) as ActEnvelope | undefined;
    if (envelope === undefined) return 'body-malformed';
    const { platform, device, epoch } = this.#identity;
    if (envelope.platform !== platform || envelope.device !== device || envelope.epoch !== epoch) return 'act-foreign';
    const { acts } = this.#state;
    if (envelope.sequence !== acts.sequence + 1) return 'act-sequence-gap';
    if (envelope.previous !== acts.hash) return 'act-link-broken';
    if (this.#acts.has(envelope.id)) return 'act-twice';
    const act = actOf(envelope, { hash: this.#hash(body.envelope), header });
    this.#acts.set(act.actionId, act);
    this.#evidence.name(envelope);
    this.#actHead = { sequence: act.sequence, hash: act.hash };
    return undefined;
  }

  #moveAct(entry: ActMove, atMs: number): JournalFault | undefined {
    const { actionId } = entry.body;
    if (actionId === undefined) return undefined;
    const act = this.#acts.get(actionId);
    if (act === undefined) return 'act-unknown';
    this.#acts.set(actionId, { ...act, outbox: moveOutbox(act.outbox, entry, atMs) });
    return undefined;
  }
}

/** Entries that may say something of an act. */
export type ActMove = Extract<EntryOf, { kind: 'promise' | 'receipt' | 'outcome' | 'alarm' }>;

export function movesAct(entry: EntryOf): entry is ActMove {
  return entry.kind === 'promise' || entry.kind === 'receipt' || entry.kind === 'outcome' || entry.kind === 'alarm';
}

/** The journal after one more entry; `act` is the head of the act chain where the entry is an act. */
export function advanceJournal(
  state: JournalState,
  step: { readonly entry: EntryOf; readonly header: EntryHeader; readonly hash: Sha256Hex; readonly act?: ChainHead },
): JournalState {
  const { entry, header, hash, act } = step;
  const next = {
    ...state,
    entries: { sequence: header.sequence, hash },
    acts: act ?? state.acts,
    lastAtMs: Math.max(state.lastAtMs, header.atMs),
  };
  switch (entry.kind) {
    case 'enrolled':
      return { ...next, slotsVersion: entry.body.slotsVersion };
    case 'slot-changed':
      return { ...next, slotsVersion: entry.body.version };
    case 'checkpoint':
      return { ...next, treeHead: newestHead(state.treeHead, entry.body) };
    // A receipt brings the checkpoint that it was verified against: a tree that was seen once is remembered from then on.
    case 'receipt':
    case 'evidence-receipt':
    case 'log-key':
      return { ...next, treeHead: newestHead(state.treeHead, headOfProof(entry.body.proof)) };
    case 'contact': {
      const { acts, entries } = entry.body;
      return { ...next, stated: { acts: acts.sequence, entries: entries.sequence, atMs: header.atMs } };
    }
    case 'alarm':
      return {
        ...next,
        quarantine: quarantineReasons.find((code) => code === entry.body.code) ?? state.quarantine,
        standing: standingAfter(state.standing, entry.body, header),
      };
    default:
      return next;
  }
}

/** A journal that has no entry yet. */
export function journalStart(start: Sha256Hex): JournalState {
  const head = { sequence: 0, hash: start };
  const nothing = { quarantine: null, treeHead: null, stated: null, standing: [] };
  return { entries: head, acts: head, lastAtMs: 0, slotsVersion: 0, ...nothing };
}

/** Parsed text of an object when it is canonical, so that one entry has one spelling. */
function readObject(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as Json;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && canonicalize(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The view of an act that was just recorded by the entry with this header. */
export function actOf(
  envelope: ActEnvelope,
  from: { readonly hash: Sha256Hex; readonly header: EntryHeader },
): JournalAct {
  return {
    actionId: envelope.id,
    sequence: envelope.sequence,
    entrySequence: from.header.sequence,
    hash: from.hash,
    type: envelope.type,
    caseId: envelope.subject.case,
    caseNumber: envelope.type === 'registration.submit' ? envelope.payload.form.number : null,
    iin: envelope.actor.iin,
    certificate: envelope.actor.certificate,
    recordedAtMs: from.header.atMs,
    outbox: outboxStart,
  };
}

/** How an entry about an act moves it. */
export function moveOutbox(item: OutboxItem, entry: ActMove, atMs: number): OutboxItem {
  switch (entry.kind) {
    case 'promise': {
      const { outcome, commitment, deadlineMs } = entry.body;
      return evolveOutbox(item, { type: 'promised', outcome, commitment, deadlineMs, atMs });
    }
    case 'receipt': {
      const { outcome, commitment, index, level = 'log' } = entry.body;
      return evolveOutbox(item, { type: 'proven', outcome, commitment, index, level, atMs });
    }
    case 'outcome':
      return evolveOutbox(item, { type: 'turned-away', code: entry.body.refusal });
    case 'alarm':
      return entry.body.code === overdueAlarm ? evolveOutbox(item, { type: 'fell-due' }) : item;
  }
}

/**
 * Reads a journal from its first entry: both chains, every body hash, and the views that follow. Signatures are not
 * checked here; the entry handed back lets a stricter reader do that.
 */
export function foldJournal(sha256: Sha256, identity: JournalIdentity): JournalFold {
  const fold = new Fold(sha256, identity);
  return {
    take: ({ header, body }) => fold.take(header, body),
    state: () => fold.state,
    acts: () => fold.acts,
    evidence: () => fold.evidence,
  };
}
