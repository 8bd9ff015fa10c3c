import type { AppView, StatusView } from '../../contracts/ipc/index.ts';
import type { Place } from '../places/index.ts';
import { certificate, demoApp, expired, foreign, ofStaff, goodStatus, journalOf, openApp } from './fixtures/app.ts';
import { accessWorld } from './fixtures/access.ts';
import { accessStates } from './fixtures/access-states.ts';
import { alarm, lostStatus, rolledBackStatus, splitViewStatus } from './fixtures/alarms.ts';
import { nowMs, summaryOf } from './fixtures/cases.ts';
import { pieces, sequenceOf } from './fixtures/evidence.ts';
import { logOf, ownPart } from './fixtures/log.ts';
import type { World } from './fixtures/memory-bridge.ts';
import { retentionStates } from './fixtures/retention.ts';
import { promptStates, type PromptState } from './fixtures/prompt-states.ts';
import {
  invalidSignature,
  longSignature,
  stampedSignature,
  validSignature,
  verifiedHere,
} from './fixtures/signatures.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { groupsOf } from '../../core/signing/index.ts';

export type OperatorState = { readonly kind: 'operator'; readonly world: () => World; readonly start: Place };
export type State = OperatorState | PromptState;

const cases = (count: number, isLong = false) => Array.from({ length: count }, (_, index) => summaryOf(index, isLong));

function world(change: Partial<World> = {}, count = 60): World {
  return {
    app: openApp,
    certificates: [certificate, expired],
    cases: cases(count),
    journal: journalOf(140),
    evidence: pieces(9),
    log: logOf(48_214, 400),
    access: accessWorld(),
    isLong: false,
    signature: validSignature,
    refused: {},
    silent: [],
    ...change,
  };
}

const queue = (caseId: string | null = null): Place => ({ page: 'queue', caseId });
const evidence = (sequence: number | null = null): Place => ({ page: 'evidence', sequence });
const log = (index: number | null = null): Place => ({ page: 'log', index });
const journal = (sequence: number | null = null): Place => ({ page: 'journal', sequence });

function operator(start: Place, change: Partial<World> = {}, count = 60): OperatorState {
  return { kind: 'operator', start, world: () => world(change, count) };
}

const withStatus = (change: Partial<StatusView>, app: AppView = openApp): AppView => ({
  ...app,
  status: { ...goodStatus, ...change },
});
const stopped = (quarantine: NonNullable<AppView['quarantine']>, status: Partial<StatusView>): AppView => ({
  ...withStatus(status),
  ...{ phase: 'quarantined', quarantine },
});
const locked = (app: AppView): AppView => ({
  ...app,
  phase: 'locked',
  staff: null,
  status: { ...goodStatus, server: { ...goodStatus.server, state: 'closed', since: null } },
});

/** A workstation that two people have not admitted yet. */
const waitingApp: AppView = {
  ...locked(openApp),
  lockedBy: { code: 'device-waiting', details: { fingerprint: groupsOf(openApp.device?.fingerprint ?? '') } },
};

const mine = cases(60).map((item, index) =>
  index === 1
    ? {
        ...item,
        status: 'claimed' as const,
        claimedBy: { name: openApp.staff?.name ?? '', isMe: true, untilMs: nowMs + 2_520_000 },
      }
    : item,
);
const others = cases(60).map((item, index) =>
  index === 1
    ? {
        ...item,
        status: 'claimed' as const,
        claimedBy: { name: demoApp.demoCredentials[2]?.name ?? '', isMe: false, untilMs: nowMs + 2_520_000 },
      }
    : item,
);
const ended = (status: 'approved' | 'refused' | 'returned') =>
  cases(60).map((item, index) => (index === 1 ? { ...item, status, claimedBy: null } : item));
const offline = withStatus({
  server: {
    state: 'offline',
    since: nowMs - 1_260_000,
    url: goodStatus.server.url,
    refusal: { code: 'server-unreachable' },
  },
  outbox: { waiting: 7, overdue: 2 },
  alarms: [alarm('alarm-1', 'promise-overdue', nowMs - 610_000)],
});
const incident: Refusal = { code: 'internal', incidentId: '7Q2F-M41C' };
const clockWrong = withStatus({ clock: { driftMs: 187_000, state: 'refused' } });

const gates: Readonly<Record<string, State>> = {
  enrol: operator(queue(), {
    app: { ...locked(openApp), phase: 'not-enrolled', device: null, operatorName: null, profile: null },
  }),
  shift: operator(queue(), { app: locked(demoApp), certificates: [...ofStaff, expired] }),
  'shift-locked-card': operator(queue(), {
    app: { ...locked(openApp), lockedBy: { code: 'desk-locked-card' } },
    certificates: [],
  }),
  'shift-locked-idle': operator(queue(), { app: { ...locked(openApp), lockedBy: { code: 'desk-locked-idle' } } }),
  'shift-locked-signed-out': operator(queue(), {
    app: { ...locked(openApp), lockedBy: { code: 'session-signed-out' } },
  }),
  'shift-locked-ended': operator(queue(), { app: { ...locked(openApp), lockedBy: { code: 'session-ended' } } }),
  'shift-posture-refused': operator(queue(), {
    app: { ...locked(openApp), lockedBy: { code: 'posture-refused', details: { finding: 'antivirus-absent' } } },
  }),
  'shift-client-too-old': operator(queue(), {
    app: { ...locked(openApp), lockedBy: { code: 'client-too-old', details: { versionMin: '0.3.0' } } },
  }),
  'shift-password-unsettled': operator(queue(), {
    app: { ...locked(openApp), lockedBy: { code: 'password-unsettled' } },
  }),
  'shift-locked-blocked': operator(queue(), { app: { ...locked(openApp), lockedBy: { code: 'session-blocked' } } }),
  'shift-left': operator(queue(), { app: { ...locked(openApp), lockedBy: { code: 'desk-left' } } }),
  'shift-left-unsaid': operator(queue(), { app: { ...locked(openApp), lockedBy: { code: 'desk-left-unsaid' } } }),
  'shift-device-waiting': operator(queue(), { app: waitingApp, certificates: [...ofStaff] }),
  'shift-not-accepted': operator(queue(), { app: locked(openApp), certificates: [foreign, expired] }),
  'shift-card-absent': operator(queue(), { app: locked(openApp), certificates: [] }),
  'shift-card-locked': operator(queue(), {
    app: locked(openApp),
    certificates: [{ ...certificate, attempts: 'locked', unusable: { code: 'pin-locked' } }, expired],
  }),
  'shift-last-attempt': operator(queue(), {
    app: locked(openApp),
    certificates: [{ ...certificate, attempts: 'final-try' }],
  }),
  'shift-module-failed': operator(queue(), {
    app: locked(openApp),
    refused: { 'certificates.list': { code: 'card-module-crashed' } },
  }),
  'shift-module-set-aside': operator(queue(), {
    app: locked(withStatus({ failedModules: [{ id: 'kaztoken', code: 'card-module-set-aside' }] })),
    certificates: ofStaff,
  }),
  quarantine: operator(queue(), { app: stopped('journal-rolled-back', rolledBackStatus) }),
  'quarantine-log-lost': operator(queue(), { app: stopped('log-compromised', lostStatus) }),
  'application-failed': operator(queue(), { refused: { 'app.get': incident } }),
};

const queues: Readonly<Record<string, State>> = {
  queue: operator(queue('case-0')),
  'queue-none-chosen': operator(queue()),
  'queue-demo': operator(queue('case-0'), { app: demoApp }),
  'queue-mine': operator(queue('case-1'), { cases: mine }),
  'queue-claimed-by-other': operator(queue('case-1'), { cases: others }),
  'queue-approved': operator(queue('case-1'), { cases: ended('approved') }),
  'queue-returned': operator(queue('case-1'), { cases: ended('returned') }),
  'queue-empty': operator(queue(), { cases: [] }),
  'queue-loading': operator(queue('case-0'), { silent: ['cases.list', 'cases.get'] }),
  'queue-refused': operator(queue('case-0'), { refused: { 'cases.list': incident } }),
  'queue-partial': operator(queue('case-0'), {
    refused: { 'cases.get': { code: 'host-restarted' }, 'acts.preview': incident },
  }),
  'queue-offline': operator(queue('case-1'), { app: offline, cases: mine }),
  'queue-clock-wrong': operator(queue('case-1'), {
    app: clockWrong,
    cases: mine,
    refused: { 'acts.preview': { code: 'clock-wrong' } },
  }),
  'queue-card-absent': operator(queue('case-1'), {
    app: withStatus({ card: { state: 'absent', label: null } }),
    cases: mine,
    refused: { 'acts.sign': { code: 'card-absent' } },
  }),
  'queue-card-locked': operator(queue('case-1'), {
    app: withStatus({ card: { state: 'locked', label: null } }),
    cases: mine,
    refused: { 'acts.sign': { code: 'pin-locked' } },
  }),
  'queue-no-permission': operator(queue('case-0'), { refused: { 'cases.get': { code: 'read-not-allowed' } } }),
  'queue-cancelled': operator(queue('case-1'), { cases: mine, refused: { 'acts.sign': { code: 'cancelled' } } }),
  'queue-long-words': operator(queue('case-1'), {
    cases: mine.map((item, index) => ({ ...summaryOf(index, true), status: item.status, claimedBy: item.claimedBy })),
    isLong: true,
  }),
  'queue-5000': operator(queue('case-0'), { cases: cases(5_000) }),
};

/** The report of the newest act of the first case that has a history, opened by whoever shows the state. */
const signatures: Readonly<Record<string, State>> = {
  'signature-valid': operator(queue('case-1'), { cases: ended('approved') }),
  'signature-verified-here': operator(queue('case-1'), { cases: ended('approved'), signature: verifiedHere }),
  'signature-invalid': operator(queue('case-1'), { cases: ended('refused'), signature: invalidSignature }),
  'signature-long-words': operator(queue('case-1'), {
    cases: ended('returned'),
    signature: longSignature,
    isLong: true,
  }),
  'signature-stamped': operator(queue('case-1'), { cases: ended('approved'), signature: stampedSignature }),
  'signature-loading': operator(queue('case-1'), { cases: ended('approved'), silent: ['signatures.get'] }),
  'signature-absent': operator(queue('case-1'), {
    cases: ended('approved'),
    refused: { 'signatures.get': { code: 'signature-not-kept' } },
  }),
};

const uploading = withStatus({ evidence: { waiting: 5, paused: 1, refused: 1, percent: 41 } });

/** The picture of `screenshot-` is taken by whoever shows the state. */
const evidences: Readonly<Record<string, State>> = {
  evidence: operator(evidence(sequenceOf('sending')), { app: uploading }),
  'evidence-none-chosen': operator(evidence(), { app: uploading }),
  'evidence-paused': operator(evidence(sequenceOf('paused')), { app: uploading }),
  'evidence-quarantined': operator(evidence(sequenceOf('quarantined')), { app: uploading }),
  'evidence-accepted': operator(evidence(sequenceOf('accepted')), { app: uploading }),
  'evidence-infected': operator(evidence(sequenceOf('infected')), { app: uploading }),
  'evidence-refused': operator(evidence(sequenceOf('refused')), { app: uploading }),
  'evidence-offline': operator(evidence(sequenceOf('recorded')), {
    app: { ...offline, status: { ...offline.status, evidence: { waiting: 6, paused: 0, refused: 0, percent: null } } },
  }),
  'evidence-empty': operator(evidence(), { evidence: [] }),
  'evidence-loading': operator(evidence(), { silent: ['evidence.list'] }),
  'evidence-unreadable': operator(evidence(), { refused: { 'evidence.list': { code: 'host-unavailable' } } }),
  'evidence-long-words': operator(evidence(sequenceOf('sending')), { evidence: pieces(9, true), app: uploading }),
  'evidence-5000': operator(evidence(sequenceOf('accepted')), { evidence: pieces(5_000) }),
  'screenshot-case': operator(queue('case-1'), { cases: mine }),
  'screenshot-journal': operator(journal(137)),
  'screenshot-failed': operator(queue('case-0'), { refused: { 'screenshot.take': { code: 'screenshot-failed' } } }),
};

const logs: Readonly<Record<string, State>> = {
  log: operator(log(48_210)),
  'log-none-chosen': operator(log()),
  'log-of-another': operator(log(48_211)),
  'log-refused-act': operator(log(48_183)),
  'log-document': operator(log(48_208)),
  'log-fresh': operator(log(), { app: withStatus({ log: { ...goodStatus.log, treeSize: 48_221 } }) }),
  'log-offline': operator(log(48_210), { app: offline, log: ownPart(400) }),
  'log-offline-empty': operator(log(), { app: offline, log: ownPart(0) }),
  'log-empty': operator(log(), { log: logOf(0, 0) }),
  'log-searching': operator(log(), { log: { ...logOf(48_214, 3), next: 44_118 } }),
  'log-nothing-found': operator(log(), { log: { ...logOf(48_214, 0), next: 44_118 } }),
  'log-loading': operator(log(48_210), { silent: ['log.list', 'log.get'] }),
  'log-wrong': operator(log(48_210), {
    refused: { 'log.list': { code: 'log-tile-wrong' }, 'log.get': { code: 'log-tile-wrong' } },
  }),
  'log-5000': operator(log(43_300), { log: logOf(48_214, 5_000) }),
};

const rest: Readonly<Record<string, State>> = {
  journal: operator(journal(137)),
  'journal-none-chosen': operator(journal()),
  'journal-waiting': operator(journal(140)),
  'journal-refused-act': operator(journal(136)),
  'journal-empty': operator(journal(), { journal: [] }),
  'journal-refused': operator(journal(), { refused: { 'journal.list': { code: 'host-unavailable' } } }),
  'journal-check-failed': operator(journal(137), { refused: { 'journal.check': { code: 'link-broken' } } }),
  'journal-5000': operator(journal(4_990), { journal: journalOf(5_000) }),
  connection: operator({ page: 'connection' }),
  'connection-bad': operator(
    { page: 'connection' },
    {
      app: withStatus({
        ...offline.status,
        card: { state: 'module-failed', label: null },
        failedModules: [{ id: 'kaztoken', code: 'card-module-set-aside' }],
        clock: { driftMs: 187_000, state: 'refused' },
      }),
      certificates: [],
    },
  ),
  'connection-split-view': operator({ page: 'connection' }, { app: withStatus(splitViewStatus) }),
  'queue-split-view': operator(queue('case-0'), { app: withStatus(splitViewStatus) }),
  ...retentionStates(operator),
  ...accessStates(operator, { open: openApp, offline }),
  about: operator({ page: 'about' }, { app: demoApp }),
};

/** Every screen in every state that a person may meet. */
export const states: Readonly<Record<string, State>> = {
  ...gates,
  ...queues,
  ...signatures,
  ...evidences,
  ...logs,
  ...rest,
  ...promptStates,
};
