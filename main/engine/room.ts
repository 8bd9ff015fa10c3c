import { setTimeout as sleep } from 'node:timers/promises';
import { deviceHost } from '../../contracts/device-host/index.ts';
import { vaultHost } from '../../contracts/vault-host/index.ts';
import { ok, refuse, type Refusal, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { hostEnvironment, realTimers, superviseCardHost, superviseHost } from '../hosts/index.ts';
import { openLocalFiles } from '../local-files/index.ts';
import { seeCards } from './cards.ts';
import { Duplicates } from './case-views.ts';
import { firstState, noServer, noUploads, type Engine, type Shift } from './context.ts';
import { UploadLoop } from './evidence/loop.ts';
import { pauseEvidence } from './evidence/views.ts';
import { lateHost } from './late-host.ts';
import { IdleWatch, lockWithoutCard } from './locking.ts';
import { watchPrompt } from './open-prompt.ts';
import type { EngineEvent, WorkstationOptions } from './ports.ts';
import { ServerClock } from './server-clock.ts';
import { endShift, leftCode } from './shift.ts';
import { noteCards } from './status.ts';
import { SyncLoop } from './sync/loop.ts';

/** What a card signs at this moment is recorded first; a host that hangs keeps no window open for longer. */
const leaveMaxMs = 10_000;

/** The engine of one workstation with its hosts, and the loops of the shift that is open in it. */
export class Room {
  readonly engine: Engine;
  readonly duplicates = new Duplicates();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #loop: SyncLoop | undefined;
  #uploads: UploadLoop | undefined;
  #idle: IdleWatch | undefined;
  #locking: Promise<void> | undefined;

  constructor(options: WorkstationOptions) {
    const files = openLocalFiles(options.directory);
    const left = files.left();
    const mayStart = options.hostsMayStart ?? Promise.resolve();
    const shared = {
      nodeFile: options.nodeFile,
      environment: hostEnvironment(options.environment),
      timers: { ...realTimers, nowMs: () => options.clock.monotonicMs() },
      jitter: options.chance,
      newIncidentId: () => Buffer.from(options.random(8)).toString('hex'),
      log: (entry: Parameters<Parameters<typeof superviseHost>[0]['log']>[0]) => options.log({ kind: 'host', entry }),
    };
    this.engine = {
      options: { ...options, prompt: watchPrompt(options.prompt) },
      files,
      devices: lateHost(mayStart, () =>
        superviseCardHost({
          ...shared,
          contract: deviceHost,
          file: options.deviceHostFile,
          modules: options.modules,
        }),
      ),
      vault: lateHost(mayStart, () =>
        superviseHost({
          ...shared,
          contract: vaultHost,
          file: options.vaultHostFile,
          configuration: () => ({ directory: files.vaultDirectory }),
        }),
      ),
      serverClock: new ServerClock(options.clock),
      state: firstState({
        preferences: files.preferences(),
        vaultExists: files.hints() !== undefined,
        lockedBy: left === null ? null : { code: left },
      }),
      emit: (event) => this.#emit(event),
      kickSync: () => this.#loop?.kick(),
      kickUploads: () => this.#uploads?.kick(),
      lock: (refusal) => this.#lock(refusal),
    };
    this.#watch();
  }

  #emit(event: EngineEvent): void {
    if (event === 'cases.changed') this.duplicates.forget();
    for (const listener of this.#listeners) listener(event);
  }

  #watch(): void {
    const { engine } = this;
    const look = (): void => {
      engine.emit('certificates.changed');
      engine.options.prompt.changed?.();
      void this.lookAtCards();
    };
    engine.devices.on('token.inserted', look);
    engine.devices.on('token.removed', ({ reference }) => {
      look();
      void lockWithoutCard(engine, reference);
    });
    engine.devices.onState((state) => {
      if (state === 'ready') look();
      if (state === 'restarting') {
        engine.state.card = { state: 'module-failed', label: null };
        engine.emit('app.changed');
      }
    });
    engine.vault.onState((state) => {
      if (state === 'ready') void this.#lookAtVault();
      // The keys died with the host: whoever was at work opens the vault again by his card.
      if (state === 'restarting' && engine.state.shift !== undefined) void this.drop();
    });
    engine.vault.on('vault.quarantined', ({ reason }) => {
      engine.state.quarantine = reason;
      engine.emit('app.changed');
    });
  }

  /** Puts the card of the person at work into the status line; before a shift, the first that is in. */
  async lookAtCards(): Promise<void> {
    const seen = await seeCards(this.engine);
    if (seen.ok) noteCards(this.engine, seen.value);
  }

  /** Refused `prompt-open` while a person signs: a module that dies would take the host of his card along. */
  async retryModule(moduleId: string): Promise<Result<null>> {
    if (this.engine.options.prompt.isOpen) return refuse('prompt-open');
    const tried = await this.engine.devices.call('modules.retry', { moduleId });
    await this.lookAtCards();
    this.engine.emit('certificates.changed');
    return tried.ok ? ok(null) : tried;
  }

  async #lookAtVault(): Promise<void> {
    const status = await this.engine.vault.call('vault.status', null);
    if (!status.ok || status.value.exists === this.engine.state.vaultExists) return;
    this.engine.state.vaultExists = status.value.exists;
    this.engine.emit('app.changed');
  }

  on(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The shift is over because the vault is gone, not because somebody ended it. */
  async drop(): Promise<void> {
    const { shift } = this.engine.state;
    this.engine.state.shift = undefined;
    this.engine.state.server = noServer;
    shift?.client.close();
    this.engine.emit('app.changed');
    await this.stopLoop();
  }

  #lock(refusal: Refusal): void {
    if (this.engine.state.shift !== undefined) this.#locking ??= this.#lockNow(refusal);
  }

  async #lockNow(refusal: Refusal): Promise<void> {
    const { options, state } = this.engine;
    const { code, incidentId } = refusal;
    state.lockedBy = incidentId === undefined ? { code } : { code, incidentId };
    options.log({ kind: 'locked', code });
    options.prompt.cancel?.();
    await options.prompt.settled();
    // Whatever is on a line that does not answer holds up nothing.
    state.shift?.client.close();
    await this.stopLoop();
    const ended = await endShift(this.engine, code);
    // Whatever the vault says of its closing, nobody goes on.
    if (!ended.ok) await this.drop();
    this.#locking = undefined;
  }

  /** The window goes: ends the shift that is open, and waits for that as long as it may take at the most. */
  async leave(): Promise<void> {
    this.#lock({ code: leftCode });
    await Promise.race([this.#locking, sleep(leaveMaxMs, undefined, { ref: false })]);
  }

  /** The person did something. */
  touch(): void {
    this.#idle?.touch();
  }

  startLoop(shift: Shift): void {
    this.#idle?.stop();
    this.#idle = new IdleWatch(this.engine, shift);
    this.#loop = new SyncLoop(this.engine, shift);
    this.#uploads = new UploadLoop(this.engine, shift);
  }

  async stopLoop(): Promise<void> {
    const loop = this.#loop;
    const uploads = this.#uploads;
    this.#idle?.stop();
    this.#loop = undefined;
    this.#uploads = undefined;
    await Promise.all([loop?.stop(), uploads?.stop()]);
    this.engine.state.uploads = noUploads();
  }

  kick(): void {
    this.#loop?.kick();
    this.#uploads?.kick();
  }

  /** A pause is heard before the next chunk; going on starts at once. */
  async pauseUpload(sha256: Sha256Hex, isPaused: boolean): Promise<Result<null>> {
    this.#uploads?.pause(sha256, isPaused);
    const paused = await pauseEvidence(this.engine, sha256, isPaused);
    this.#uploads?.kick();
    return paused;
  }

  async inShift<T>(run: (shift: Shift) => Promise<Result<T>>): Promise<Result<T>> {
    const { shift } = this.engine.state;
    return shift === undefined || this.#locking !== undefined ? refuse('vault-closed') : run(shift);
  }

  async close(): Promise<void> {
    await this.stopLoop();
    this.engine.state.shift?.client.close();
    this.engine.state.shift = undefined;
    await Promise.all([this.engine.devices.close(), this.engine.vault.close()]);
  }
}
