import { deviceHost } from '../../contracts/device-host/index.ts';
import type {
  AppView,
  CaseView,
  CertificateView,
  JournalEntryView,
  OperatorInput,
  OperatorOutput,
  SignatureView,
} from '../../contracts/ipc/index.ts';
import { vaultHost } from '../../contracts/vault-host/index.ts';
import { ok, refuse, type PlatformId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { hostEnvironment, realTimers, superviseCardHost, superviseHost } from '../hosts/index.ts';
import { openLocalFiles } from '../local-files/index.ts';
import { previewAct, signAct, type Proposal, type Recorded } from './acts.ts';
import { seeCards } from './cards.ts';
import { Duplicates, listCases, readCaseView } from './case-views.ts';
import { noServer, type Engine, type Shift } from './context.ts';
import { enrol, type EnrolRequest } from './enrol.ts';
import { exportAct, listJournal, readJournalEntry, type ActExport } from './journal-views.ts';
import { lateHost } from './late-host.ts';
import { watchPrompt } from './open-prompt.ts';
import { addPerson } from './people.ts';
import type { EngineEvent, Preferences, WorkstationOptions } from './ports.ts';
import { noRevocationKnown } from './revocation.ts';
import { ServerClock } from './server-clock.ts';
import { endShift, startShift } from './shift.ts';
import { readSignatureView } from './signature-view.ts';
import { appView, listCertificates, noteCards, phaseOf } from './status.ts';
import { acknowledgeAlarm } from './sync/alarm.ts';
import { SyncLoop } from './sync/loop.ts';

/** A workstation without its windows: what the operator's screens, `qorgan case import` and the journeys all use. */
export type Workstation = {
  app(): AppView;
  phase(): AppView['phase'];
  setPreferences(changes: Partial<Preferences>): void;
  certificates(): Promise<Result<CertificateView[]>>;
  /** Loads a card module again that could not be used or was set aside. */
  retryModule(moduleId: string): Promise<Result<null>>;
  enrol(request: EnrolRequest): Promise<Result<null>>;
  addPerson(certificateId: string): Promise<Result<null>>;
  startShift(certificateId: string): Promise<Result<null>>;
  endShift(): Promise<Result<null>>;
  listCases(input: OperatorInput<'cases.list'>): Promise<Result<OperatorOutput<'cases.list'>>>;
  readCase(id: string): Promise<Result<CaseView>>;
  /** The stage report of an act of a case, judged anew. */
  readSignature(wanted: OperatorInput<'signatures.get'>): Promise<Result<SignatureView>>;
  preview(proposal: Proposal): Promise<Result<{ readonly text: string; readonly hash: Sha256Hex }>>;
  sign(proposal: Proposal): Promise<Result<Recorded>>;
  listJournal(input: OperatorInput<'journal.list'>): Promise<Result<OperatorOutput<'journal.list'>>>;
  readJournalEntry(sequence: number): Promise<Result<JournalEntryView>>;
  checkJournal(): Promise<Result<OperatorOutput<'journal.check'>>>;
  exportAct(actionId: string): Promise<Result<ActExport>>;
  syncNow(): void;
  /** Durable when it answers: the alarm does not come back with the next start. */
  acknowledgeAlarm(id: string): Promise<Result<null>>;
  /** Hears that something changed until the returned function is called. */
  on(listener: (event: EngineEvent) => void): () => void;
  /** Ends hosts and loop; nothing that was recorded is lost by not calling it. */
  close(): Promise<void>;
  /** The platform that the open vault is bound to. */
  readonly platform: PlatformId | undefined;
  readonly hostPids: { readonly device: number | undefined; readonly vault: number | undefined };
};

class Room {
  readonly engine: Engine;
  readonly duplicates = new Duplicates();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #loop: SyncLoop | undefined;

  constructor(options: WorkstationOptions) {
    const files = openLocalFiles(options.directory);
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
      state: {
        shift: undefined,
        preferences: files.preferences(),
        vaultExists: files.hints() !== undefined,
        quarantine: undefined,
        server: noServer,
        outbox: { waiting: 0, overdue: 0 },
        log: { lastIndex: null, treeSize: null, checkedAtMs: null },
        card: { state: 'absent', label: null },
        failedModules: [],
        alarms: [],
        revocation: noRevocationKnown,
      },
      emit: (event) => this.#emit(event),
      kickSync: () => this.#loop?.kick(),
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
    engine.devices.on('token.removed', look);
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

  startLoop(shift: Shift): void {
    this.#loop = new SyncLoop(this.engine, shift);
  }

  async stopLoop(): Promise<void> {
    const loop = this.#loop;
    this.#loop = undefined;
    await loop?.stop();
  }

  kick(): void {
    this.#loop?.kick();
  }

  async inShift<T>(run: (shift: Shift) => Promise<Result<T>>): Promise<Result<T>> {
    const { shift } = this.engine.state;
    return shift === undefined ? refuse('vault-closed') : run(shift);
  }

  async close(): Promise<void> {
    await this.stopLoop();
    this.engine.state.shift?.client.close();
    this.engine.state.shift = undefined;
    await Promise.all([this.engine.devices.close(), this.engine.vault.close()]);
  }
}

function setPreferences({ engine }: Room, changes: Partial<Preferences>): void {
  engine.state.preferences = { ...engine.state.preferences, ...changes };
  engine.files.savePreferences(engine.state.preferences);
  engine.emit('app.changed');
}

async function begin(room: Room, certificateId: string): Promise<Result<null>> {
  const shift = await startShift(room.engine, certificateId);
  if (!shift.ok) return shift;
  room.startLoop(shift.value);
  // From now on the status line speaks of the card of this person, which has just signed.
  const { token } = shift.value.signer;
  noteCards(room.engine, { tokens: [token], failedModules: room.engine.state.failedModules });
  return ok(null);
}

async function end(room: Room): Promise<Result<null>> {
  if (room.engine.options.prompt.isOpen) return refuse('prompt-open');
  await room.stopLoop();
  return endShift(room.engine);
}

async function checkJournal({ engine }: Room): Promise<Result<OperatorOutput<'journal.check'>>> {
  const checked = await engine.vault.call('journal.check', null);
  if (!checked.ok) return checked;
  const { entries, acts, head } = checked.value;
  return ok({ entries, acts, head: head.hash });
}

/** Starts the hosts and looks at what is there. Nothing is open until somebody starts a shift. */
export function createWorkstation(options: WorkstationOptions): Workstation {
  const room = new Room(options);
  const { engine, duplicates } = room;
  return {
    app: () => appView(engine),
    phase: () => phaseOf(engine),
    setPreferences: (changes) => setPreferences(room, changes),
    certificates: () => listCertificates(engine),
    retryModule: (moduleId) => room.retryModule(moduleId),
    enrol: (request) => enrol(engine, request),
    addPerson: (certificateId) => room.inShift((shift) => addPerson(engine, shift, certificateId)),
    startShift: (certificateId) => begin(room, certificateId),
    endShift: () => end(room),
    listCases: (input) => room.inShift((shift) => listCases(engine, shift, duplicates, input)),
    readCase: (id) => room.inShift((shift) => readCaseView(engine, shift, duplicates, id)),
    readSignature: (wanted) => room.inShift((shift) => readSignatureView(engine, shift, wanted)),
    preview: (proposal) => room.inShift((shift) => previewAct(engine, shift, proposal)),
    sign: (proposal) => room.inShift((shift) => signAct(engine, shift, proposal)),
    listJournal: (input) => room.inShift(() => listJournal(engine, input)),
    readJournalEntry: (sequence) => room.inShift((shift) => readJournalEntry(engine, shift, sequence)),
    checkJournal: () => room.inShift(() => checkJournal(room)),
    exportAct: (actionId) => room.inShift((shift) => exportAct(engine, shift, actionId)),
    syncNow: () => room.kick(),
    acknowledgeAlarm: (id) => room.inShift((shift) => acknowledgeAlarm(engine, shift, id)),
    on: (listener) => room.on(listener),
    close: () => room.close(),
    get platform() {
      return engine.state.shift?.enrolment.bundle.platform;
    },
    get hostPids() {
      return { device: engine.devices.pid, vault: engine.vault.pid };
    },
  };
}
