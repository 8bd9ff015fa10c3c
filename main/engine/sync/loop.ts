import { ok, type Refusal, type Result } from '../../../core/kernel/index.ts';
import { TermsWatch } from '../access/own-account.ts';
import { applyPolicy, pullPolicies } from '../adopted-policies.ts';
import { setServer, type Engine, type Shift } from '../context.ts';
import { isSessionOver } from '../locking.ts';
import { refreshRevocation } from '../revocation.ts';
import { PostureReports } from '../posture.ts';
import { Rounds } from '../rounds.ts';
import { isOffline } from '../sign-in.ts';
import { pullFeeds, type Pulled } from './changes.ts';
import { makeContact } from './contact.ts';
import { treeOf, trustLog } from './log-alarm.ts';
import { collectReceipts, sendActs, type Turned } from './outbox.ts';
import { ReceiptRefresh } from './refresh-receipts.ts';
import { readCheckpoint, type TreeHead } from './tree-head.ts';

/** While a promise is open the log is asked this often: it writes a checkpoint at least each second. */
const provingEveryMs = 250;
/** With the change stream open nothing is missed; this only bounds how old a tree head may get. */
const idleMs = 20_000;
const idleWithoutStreamMs = 1_000;
const contactEveryMs = 20_000;
/** How often a policy is asked for that the server tells of and does not show. */
const policyEveryMs = 500;
/** Signals within this time are one: however many a server sends, it does not drive the loop. */
const signalGatherMs = 250;
const retryFirstMs = 500;
/** How often at the most a tree head that nothing else needs is journalled. */
const checkpointEveryMs = 10 * 60_000;

type Round = { readonly delayMs: number };

/** The loop of one shift: contact, send, prove, read, again. One round at a time; everything it needs after a crash is in the vault. */
export class SyncLoop {
  readonly #engine: Engine;
  readonly #shift: Shift;
  readonly #turned: Turned = new Map();
  readonly #refresh = new ReceiptRefresh();
  readonly #posture = new PostureReports();
  readonly #terms = new TermsWatch();
  #head: TreeHead | undefined;
  #contactAtMs = Number.NEGATIVE_INFINITY;
  #checkpointAtMs = Number.NEGATIVE_INFINITY;
  readonly #rounds: Rounds<Round>;
  #stopStream: (() => void) | undefined;
  #signal: NodeJS.Timeout | undefined;
  /** The newest policy that the server tells of, and when it was asked for last. */
  #policyTold = 0;
  #policyAskedAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, shift: Shift) {
    this.#engine = engine;
    this.#shift = shift;
    this.#rounds = new Rounds({
      ...{ engine, where: 'sync', retryFirstMs },
      round: () => this.#round(),
      onDone: (round) => this.#succeeded(round),
      onFailed: (refusal) => this.#failed(refusal),
    });
    this.#rounds.start(this.#takeUpHead());
  }

  /** Starts the next round now, or right after the one that runs. */
  kick(): void {
    this.#rounds.kick();
  }

  #signalled({ policyVersion }: { readonly policyVersion: number }): void {
    this.#policyTold = policyVersion;
    this.#signal ??= setTimeout(() => {
      this.#signal = undefined;
      this.kick();
    }, signalGatherMs);
  }

  /** Resolves when no round runs any longer. */
  async stop(): Promise<void> {
    const stopped = this.#rounds.stop();
    clearTimeout(this.#signal);
    this.#stopStream?.();
    await stopped;
  }

  async #round(): Promise<Result<Round>> {
    const nowMs = this.#engine.options.clock.monotonicMs();
    const nextPolicyMs = applyPolicy(this.#engine, this.#shift.enrolment);
    const trusted = await trustLog(this.#engine, this.#shift);
    if (!trusted.ok) return trusted;
    const known = this.#head ?? this.#firstHead();
    if (nowMs - this.#contactAtMs >= contactEveryMs) {
      const contact = await makeContact(this.#engine, this.#shift);
      if (!contact.ok) return contact;
      this.#believe(contact.value.head);
      this.#contactAtMs = nowMs;
      await this.#journalHead(nowMs, known);
      this.#policyAskedAtMs = Number.NEGATIVE_INFINITY;
    }
    const policies = await this.#readPolicies(nowMs);
    if (!policies.ok) return policies;
    const outbox = await sendActs(this.#engine, this.#shift, this.#turned);
    if (!outbox.ok) return outbox;
    const proofs = await collectReceipts(this.#engine, this.#shift, outbox.value, this.#head ?? known);
    if (!proofs.ok) return proofs;
    this.#believe(proofs.value.head);
    await this.#posture.round(this.#engine, this.#shift);
    const changes = await this.#readChanges();
    if (!changes.ok) return changes;
    if (changes.value.hasMore) return ok({ delayMs: 0 });
    const idleMaxMs = await this.#refreshReceipts(this.#head ?? known);
    if (!idleMaxMs.ok) return idleMaxMs;
    // Shown only, so it comes last and may be refused: without lists the revocation of others stays the server's word.
    await refreshRevocation(this.#engine, this.#shift);
    await this.#terms.round(this.#engine, this.#shift);
    const isWaiting = this.#stopStream === undefined || this.#isPolicyAhead;
    const idle = Math.min(isWaiting ? idleWithoutStreamMs : idleMs, idleMaxMs.value, nextPolicyMs);
    return ok({ delayMs: proofs.value.isOpen || changes.value.isUnproven ? provingEveryMs : idle });
  }

  /** Answers how long the loop may rest. */
  async #refreshReceipts(known: TreeHead): Promise<Result<number>> {
    const refreshed = await this.#refresh.round(this.#engine, this.#shift, known);
    if (!refreshed.ok) return refreshed;
    this.#believe(refreshed.value.head);
    return ok(refreshed.value.waitMs ?? idleMs);
  }

  /** True for a policy that is told of and not held here: the log takes a moment to write it down, and a server may lie. */
  get #isPolicyAhead(): boolean {
    return this.#policyTold > (this.#shift.enrolment.policies.at(-1)?.document.version ?? 0);
  }

  async #readPolicies(nowMs: number): Promise<Result<null>> {
    const everyMs = this.#isPolicyAhead ? policyEveryMs : contactEveryMs;
    if (!this.#shift.client.hasSession || nowMs - this.#policyAskedAtMs < everyMs) return ok(null);
    this.#policyAskedAtMs = nowMs;
    return pullPolicies(this.#engine, this.#shift);
  }

  async #readChanges(): Promise<Result<Pulled>> {
    if (!this.#shift.client.hasSession) return ok({ hasMore: false, isUnproven: false });
    await this.#openStream();
    return pullFeeds(this.#engine, this.#shift);
  }

  async #openStream(): Promise<void> {
    if (this.#stopStream !== undefined || this.#rounds.isStopped) return;
    const opened = await this.#shift.client.listen({
      onSignal: (signal) => this.#signalled(signal),
      onSessionEnded: (code) => this.#engine.lock({ code }),
      onEnd: () => {
        this.#stopStream = undefined;
      },
    });
    if (opened.ok) this.#stopStream = opened.value;
  }

  #firstHead(): TreeHead {
    const { enrolment } = this.#shift;
    const checkpoint = readCheckpoint(enrolment, enrolment.bundle.checkpoint);
    return checkpoint.ok ? { ...checkpoint.value, note: null } : { size: 0, root: new Uint8Array(32), note: null };
  }

  /** The tree head that the vault kept from the shift before; the bundle's where there is none. */
  async #takeUpHead(): Promise<void> {
    const heads = await this.#engine.vault.call('heads', null);
    if (heads.ok) this.#believe(treeOf(heads.value.tree));
  }

  /** What was verified is what everything at this workstation is proven by. */
  #believe(head: TreeHead): void {
    this.#head = head;
    this.#engine.state.head = head;
  }

  async #journalHead(nowMs: number, before: TreeHead): Promise<void> {
    const note = this.#head?.note ?? null;
    if (note === null || this.#head?.size === before.size || nowMs - this.#checkpointAtMs < checkpointEveryMs) return;
    this.#checkpointAtMs = nowMs;
    await this.#engine.vault.call('entries.append', {
      entry: { kind: 'checkpoint', body: { note } },
      atMs: this.#engine.options.clock.nowMs(),
    });
  }

  #succeeded(round: Round): number {
    const { client, restriction } = this.#shift;
    const refusal = client.hasSession ? (restriction ?? this.#posture.refusal) : { code: 'session-missing' };
    setServer(this.#engine, refusal === null ? 'connected' : 'refused', refusal);
    return round.delayMs;
  }

  #failed({ code, incidentId }: Refusal): void {
    this.#engine.options.log({ kind: 'sync-failed', code });
    const refusal = incidentId === undefined ? { code } : { code, incidentId };
    setServer(this.#engine, isOffline(code) ? 'offline' : 'refused', refusal);
    this.#contactAtMs = Number.NEGATIVE_INFINITY;
    if (isSessionOver(code)) this.#engine.lock(refusal);
  }
}
