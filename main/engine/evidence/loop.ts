import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { refusals, isRefusalCode } from '../../../contracts/refusals/index.ts';
import type { EvidenceView } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { clientOf } from '../enrolment.ts';
import type { ServerClient } from '../http/client.ts';
import { Rounds } from '../rounds.ts';
import { isOffline } from '../sign-in.ts';
import { letGoOfProven, noteTold, settlePiece } from './settle.ts';
import { ChunkSize, uploadBytes } from './upload.ts';

/** Pieces of one round; more wait for the next. */
const roundMax = 100;
const retryFirstMs = 250;
/** A verdict takes as long as the antivirus does; the leaf behind it takes a second. */
const askAgainFirstMs = 500;
const askAgainMaxMs = 10_000;
/** Nothing to do: only a safety net, since whoever records something wakes the loop. */
const idleMs = 60_000;
const progressEveryMs = 250;
/** Acts come first: a chunk waits for them, but not for acts that cannot be sent. */
const giveWayMaxMs = 2_000;
const giveWayStepMs = 50;

type Round = { readonly hasProgress: boolean; readonly isOpen: boolean };

/** True for a refusal that does not go away by asking again: the piece then waits for a person. */
export function isStuck(piece: EvidenceView): boolean {
  const code = piece.told?.refusal ?? null;
  // What was found in it counts when the log says so: its receipt is still asked for.
  if (code === null || code === 'evidence-infected' || piece.told?.state === 'quarantined') return false;
  return !(isRefusalCode(code) && refusals[code].retry);
}

/**
 * Brings evidence to the server beside the sync loop, over a line of its own, one piece after the other. All that it needs after a crash
 * is in the vault and at the server; what it remembers is how fast to go.
 */
export class UploadLoop {
  readonly #engine: Engine;
  readonly #shift: Shift;
  readonly #client: ServerClient;
  readonly #chunkSize = new ChunkSize();
  readonly #paused = new Set<Sha256Hex>();
  readonly #rounds: Rounds<Round>;
  #asked = 0;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, shift: Shift) {
    this.#engine = engine;
    this.#shift = shift;
    this.#client = clientOf(engine, shift.enrolment);
    this.#rounds = new Rounds({
      ...{ engine, where: 'evidence', retryFirstMs },
      round: () => this.#round(),
      onDone: (round) => this.#delayAfter(round),
      onFailed: ({ code }) => engine.options.log({ kind: 'upload-failed', code }),
    });
    this.#rounds.start();
  }

  /** Starts the next round now, or right after the one that runs. */
  kick(): void {
    this.#asked = 0;
    this.#rounds.kick();
  }

  /** Heard before the next chunk; the vault remembers it beyond the shift. */
  pause(sha256: Sha256Hex, isPaused: boolean): void {
    if (isPaused) this.#paused.add(sha256);
    else this.#paused.delete(sha256);
  }

  /** Resolves when no round runs any longer. */
  async stop(): Promise<void> {
    const stopped = this.#rounds.stop();
    this.#client.close();
    await stopped;
  }

  async #round(): Promise<Result<Round>> {
    const freed = await letGoOfProven(this.#engine);
    if (!freed.ok) return freed;
    const listed = await this.#engine.vault.call('evidence.list', {
      ...{ only: 'to-send', caseId: null, before: null, limit: roundMax },
    });
    if (!listed.ok) return listed;
    this.#count(listed.value.items, listed.value.total);
    let isOpen = false;
    let hasProgress = false;
    for (const piece of listed.value.items) {
      if (this.#rounds.isStopped) break;
      if (piece.isPaused || this.#paused.has(piece.descriptor.sha256) || isStuck(piece)) continue;
      const advanced = await this.#advance(piece);
      this.#show(null);
      if (!advanced.ok) return advanced;
      if (advanced.value.isDone) hasProgress = true;
      else isOpen = true;
    }
    return ok({ hasProgress, isOpen });
  }

  async #advance(piece: EvidenceView): Promise<Result<{ readonly isDone: boolean }>> {
    const before = piece.told?.state ?? 'receiving';
    const sent = before === 'receiving' ? await this.#send(piece) : ok({ isWhole: true });
    const settled = !sent.ok
      ? sent
      : sent.value.isWhole
        ? await settlePiece(this.#engine, this.#shift, this.#client, piece)
        : ok({ isDone: false });
    if (settled.ok || this.#rounds.isStopped) return settled;
    const { code } = settled.refusal;
    const isForWaiting = isOffline(code) || !isRefusalCode(code) || refusals[code].retry;
    if (isForWaiting) return settled;
    // Of this piece alone: the others go on, and a person reads why.
    // A server that was put back from a copy gets what it lost once more.
    const isLost = code === 'evidence-unknown' && before !== 'receiving';
    const told = isLost ? ({ state: 'receiving', refusal: null } as const) : { state: before, refusal: code };
    const noted = await noteTold(this.#engine, piece, told);
    return noted.ok ? ok({ isDone: false }) : noted;
  }

  #send(piece: EvidenceView): Promise<Result<{ readonly isWhole: boolean }>> {
    const { sha256, sizeBytes } = piece.descriptor;
    return uploadBytes(this.#engine, piece, {
      client: this.#client,
      chunkSize: this.#chunkSize,
      mayGoOn: () => this.#mayGoOn(sha256),
      onProgress: (sentBytes) => {
        // Whoever comes forward is not failing, however often his line breaks.
        if (sentBytes > (this.#engine.state.uploads.reached.get(sha256) ?? 0)) this.#rounds.forgetFailures();
        this.#engine.state.uploads.reached.set(sha256, sentBytes);
        this.#show({ sha256, sentBytes, sizeBytes });
      },
    });
  }

  async #mayGoOn(sha256: Sha256Hex): Promise<boolean> {
    const { state } = this.#engine;
    for (let waitedMs = 0; waitedMs < giveWayMaxMs && state.outbox.waiting > 0; waitedMs += giveWayStepMs)
      await sleep(giveWayStepMs);
    return !this.#rounds.isStopped && !this.#paused.has(sha256);
  }

  #show(current: Engine['state']['uploads']['current']): void {
    const { uploads } = this.#engine.state;
    const nowMs = this.#engine.options.clock.monotonicMs();
    const isNews = current?.sha256 !== uploads.current?.sha256;
    uploads.current = current;
    if (!isNews && nowMs - this.#shownAtMs < progressEveryMs) return;
    this.#shownAtMs = nowMs;
    this.#engine.emit('evidence.changed');
    this.#engine.emit('app.changed');
  }

  #count(pieces: readonly EvidenceView[], waiting: number): void {
    const { uploads } = this.#engine.state;
    const paused = pieces.filter(({ isPaused }) => isPaused).length;
    const stuck = pieces.filter(isStuck).length;
    if (uploads.waiting === waiting && uploads.paused === paused && uploads.stuck === stuck) return;
    Object.assign(uploads, { waiting, paused, stuck });
    this.#engine.emit('app.changed');
  }

  #delayAfter({ hasProgress, isOpen }: Round): number {
    if (hasProgress) this.#asked = 0;
    if (hasProgress) return 0;
    if (!isOpen) return idleMs;
    const delayMs = Math.min(askAgainFirstMs * 2 ** this.#asked, askAgainMaxMs);
    this.#asked += 1;
    return delayMs;
  }
}
