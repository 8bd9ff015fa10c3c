import type {
  AppView,
  CaseView,
  CertificateView,
  JournalEntryView,
  LogEntryView,
  OperatorInput,
  OperatorOutput,
  SignatureView,
} from '../../contracts/ipc/index.ts';
import { ok, refuse, type PlatformId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { listBlockedActs } from './access/blocked-views.ts';
import { listAlarms } from './access/alarm-views.ts';
import { listChanges, readChange } from './access/change-views.ts';
import { listDevices } from './access/device-views.ts';
import { listActsOf, listPeople, readPerson } from './access/people-views.ts';
import { previewAct, signAct, type Proposal, type Recorded } from './acts.ts';
import { listCases, readCaseView } from './case-views.ts';
import type { Engine, Shift } from './context.ts';
import { enrol, type EnrolRequest } from './enrol.ts';
import { recordEvidence, type Capture, type RecordedEvidence } from './evidence/record.ts';
import { listEvidence } from './evidence/views.ts';
import { exportAct, listJournal, readJournalEntry, type ActExport } from './journal-views.ts';
import { listLog, readLogEntry } from './central-log/explore.ts';
import { changePassword } from './own-password.ts';
import { addPerson } from './people.ts';
import { listPolicies, permissionsCsv, readPolicy } from './policies.ts';
import type { EngineEvent, Preferences, WorkstationOptions } from './ports.ts';
import { Room } from './room.ts';
import { endShift, startShift } from './shift.ts';
import { readSignatureView } from './signature-view.ts';
import { appView, listCertificates, noteCards, phaseOf } from './status.ts';
import { acknowledgeAlarm } from './sync/alarm.ts';

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
  /** Ends the shift because its window goes, signed out at the server where that answers at once; the next start says so. Bounded. */
  leave(): Promise<void>;
  listCases(input: OperatorInput<'cases.list'>): Promise<Result<OperatorOutput<'cases.list'>>>;
  readCase(id: string): Promise<Result<CaseView>>;
  /** The stage report of an act of a case, judged anew. */
  readSignature(wanted: OperatorInput<'signatures.get'>): Promise<Result<SignatureView>>;
  preview(proposal: Proposal): Promise<Result<{ readonly text: string; readonly hash: Sha256Hex }>>;
  sign(proposal: Proposal): Promise<Result<Recorded>>;
  listJournal(input: OperatorInput<'journal.list'>): Promise<Result<OperatorOutput<'journal.list'>>>;
  readJournalEntry(sequence: number): Promise<Result<JournalEntryView>>;
  /** A page of the central log, verified by the own last head; without the server what the own journal holds. */
  listLog(input: OperatorInput<'log.list'>): Promise<Result<OperatorOutput<'log.list'>>>;
  readLogEntry(index: number): Promise<Result<LogEntryView>>;
  checkJournal(): Promise<Result<OperatorOutput<'journal.check'>>>;
  exportAct(actionId: string): Promise<Result<ActExport>>;
  /** "Recorded here" when it answers; the upload goes on by itself. */
  recordEvidence(capture: Capture): Promise<Result<RecordedEvidence>>;
  listEvidence(input: OperatorInput<'evidence.list'>): Promise<Result<OperatorOutput<'evidence.list'>>>;
  pauseEvidence(sha256: string, isPaused: boolean): Promise<Result<null>>;
  retention(): Promise<Result<OperatorOutput<'retention.get'>>>;
  listPolicies(): Promise<Result<OperatorOutput<'policies.list'>>>;
  readPolicy(version: number): Promise<Result<OperatorOutput<'policies.get'>>>;
  /** The table of rights of one version as CSV, in the language of the window. */
  exportPermissions(version: number): Promise<Result<string>>;
  /** Of the person of this shift, or of somebody else. */
  listSessions(of: string | null): Promise<Result<OperatorOutput<'sessions.list'>>>;
  /** Signs the person, or somebody else, out there. */
  endSession(input: OperatorInput<'sessions.end'>): Promise<Result<null>>;
  listPeople(input: OperatorInput<'people.list'>): Promise<Result<OperatorOutput<'people.list'>>>;
  readPerson(iin: string): Promise<Result<OperatorOutput<'people.get'>>>;
  /** What a person did, newest first, as this desk has verified it. */
  listActsOf(input: OperatorInput<'people.acts'>): Promise<Result<OperatorOutput<'people.acts'>>>;
  /** What a person sent that was received after his block, as this desk has verified it. */
  listBlockedActs(input: OperatorInput<'people.blockedActs'>): Promise<Result<OperatorOutput<'people.blockedActs'>>>;
  /** Opens the sealed prompt for another password of the person of this shift. */
  changePassword(): Promise<Result<null>>;
  listDevices(): Promise<Result<OperatorOutput<'devices.list'>>>;
  listAlarms(): Promise<Result<OperatorOutput<'alarms.list'>>>;
  listChanges(input: OperatorInput<'changes.list'>): Promise<Result<OperatorOutput<'changes.list'>>>;
  readChange(id: string): Promise<Result<OperatorOutput<'changes.get'>>>;
  syncNow(): void;
  /** The person did something here: the desk does not lock for idleness yet. */
  touch(): void;
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

function exportPermissions(engine: Engine, shift: Shift, version: number): Promise<Result<string>> {
  const view = readPolicy(shift, version);
  return Promise.resolve(view.ok ? ok(permissionsCsv(view.value.document, engine.state.preferences.locale)) : view);
}

async function listSessions(shift: Shift, of: string | null): Promise<Result<OperatorOutput<'sessions.list'>>> {
  if (of === null) return shift.client.call('sessions', {});
  const all = await shift.client.call('sessions', { query: { whose: 'all' } });
  return all.ok ? ok({ sessions: all.value.sessions.filter(({ iin }) => iin === of) }) : all;
}

async function endSession(shift: Shift, { id, reason }: OperatorInput<'sessions.end'>): Promise<Result<null>> {
  const ended = await shift.client.call('endSession', { params: { id }, body: { reason: reason.trim() } });
  return ended.ok ? ok(null) : ended;
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
    enrol: (request) => enrol(engine, request, () => room.drop()),
    addPerson: (certificateId) => room.inShift((shift) => addPerson(engine, shift, certificateId)),
    startShift: (certificateId) => begin(room, certificateId),
    endShift: () => end(room),
    leave: () => room.leave(),
    listCases: (input) => room.inShift((shift) => listCases(engine, shift, duplicates, input)),
    readCase: (id) => room.inShift((shift) => readCaseView(engine, shift, duplicates, id)),
    readSignature: (wanted) => room.inShift((shift) => readSignatureView(engine, shift, wanted)),
    preview: (proposal) => room.inShift((shift) => previewAct(engine, shift, proposal)),
    sign: (proposal) =>
      room.inShift((shift) => {
        room.touch();
        return signAct(engine, shift, proposal);
      }),
    listJournal: (input) => room.inShift(() => listJournal(engine, input)),
    readJournalEntry: (sequence) => room.inShift((shift) => readJournalEntry(engine, shift, sequence)),
    listLog: (input) => room.inShift((shift) => listLog(engine, shift, input)),
    readLogEntry: (index) => room.inShift((shift) => readLogEntry(engine, shift, index)),
    checkJournal: () => room.inShift(() => checkJournal(room)),
    exportAct: (actionId) => room.inShift((shift) => exportAct(engine, shift, actionId)),
    recordEvidence: (capture) => room.inShift((shift) => recordEvidence(engine, shift, capture)),
    listEvidence: (input) => room.inShift((shift) => listEvidence(engine, shift, input)),
    pauseEvidence: (sha256, isPaused) => room.inShift(() => room.pauseUpload(sha256 as Sha256Hex, isPaused)),
    retention: () => room.inShift((shift) => shift.client.call('retention', {})),
    listPolicies: () => room.inShift((shift) => Promise.resolve(listPolicies(shift))),
    readPolicy: (version) => room.inShift((shift) => Promise.resolve(readPolicy(shift, version))),
    exportPermissions: (version) => room.inShift((shift) => exportPermissions(engine, shift, version)),
    listSessions: (of) => room.inShift((shift) => listSessions(shift, of)),
    endSession: (input) => room.inShift((shift) => endSession(shift, input)),
    listPeople: (input) => room.inShift((shift) => listPeople(engine, shift, input)),
    readPerson: (iin) => room.inShift((shift) => readPerson(engine, shift, iin)),
    listActsOf: (input) => room.inShift((shift) => listActsOf(engine, shift, input)),
    listBlockedActs: (input) => room.inShift((shift) => listBlockedActs(engine, shift, input)),
    listDevices: () => room.inShift((shift) => listDevices(engine, shift)),
    listAlarms: () => room.inShift((shift) => listAlarms(engine, shift)),
    listChanges: (input) => room.inShift((shift) => listChanges(engine, shift, input)),
    readChange: (id) => room.inShift((shift) => readChange(engine, shift, id)),
    changePassword: () => room.inShift((shift) => changePassword(engine, shift)),
    syncNow: () => room.kick(),
    touch: () => room.touch(),
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
