import type { OperatorInput, OperatorVerb } from '../../contracts/ipc/index.ts';

const id = '0'.repeat(32);
const uuid = '01920000-0000-7000-8000-000000000000';
const hash = 'a'.repeat(64);
const filter = { query: '', kinds: [], outcomes: [], fromMs: null, toMs: null };

/** An input that the door of each verb reads, and that does nothing but be refused or answered: a verb without one does not compile. */
export const verbSamples: { readonly [Verb in OperatorVerb]: OperatorInput<Verb> } = {
  'app.get': null,
  'preferences.set': {},
  'certificates.list': null,
  'modules.retry': { id },
  'enrolment.start': { code: 'no invitation', name: 'A desk', certificateId: id },
  'shift.start': { certificateId: id },
  'cases.list': { view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: 1 },
  'cases.get': { id: uuid },
  'signatures.get': { caseId: uuid, actionId: uuid },
  'acts.preview': { type: 'registration.claim', caseId: uuid },
  'acts.sign': { type: 'registration.claim', caseId: uuid },
  'journal.list': { before: null, limit: 1, onlyActs: false },
  'journal.get': { sequence: 1_000_000 },
  'journal.check': null,
  'log.list': { filter, before: null, limit: 1 },
  'log.get': { index: 0 },
  'receipt.export': { actionId: uuid },
  'evidence.list': { before: null, limit: 1, caseId: null },
  'evidence.pause': { sha256: hash, isPaused: true },
  'screenshot.take': null,
  'screenshot.keep': { id, reason: 'A reason', caseId: null },
  'screenshot.drop': { id },
  'retention.get': null,
  'policies.list': null,
  'policies.get': { version: 1_000_000 },
  // A version that nobody holds: otherwise a dialog of the system would wait for a person.
  'permissions.export': { version: 1_000_000 },
  'sessions.list': { of: null },
  'sessions.end': { id, reason: '' },
  'people.list': {
    ...{ query: '', roles: [], standings: [], onlyContractors: false, onlyEndingSoon: false, sort: 'name' },
    ...{ offset: 0, limit: 1 },
  },
  'people.get': { iin: '900101300017' },
  'people.acts': { iin: '900101300017', offset: 0, limit: 1 },
  'people.blockedActs': { iin: '900101300017' },
  // Its prompt is cancelled by the test: nobody types into it.
  'password.change': null,
  'devices.list': null,
  'alarms.list': null,
  'changes.list': { view: 'all', offset: 0, limit: 1 },
  'changes.get': { caseId: uuid },
  'sync.now': null,
  'alarm.acknowledge': { id },
  // The last one, since it ends the phase.
  'shift.end': null,
};
