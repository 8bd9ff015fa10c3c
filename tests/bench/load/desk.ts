// A workstation as a process of its own that signs acts at a steady pace and tells when its vault held the receipt of each. Its job comes as
// one line on the standard input, a second line starts the pace; what it saw goes out line by line.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistrationForm } from '../../../core/actions/index.ts';
import {
  activationCodes,
  certificateOf,
  must,
  openWorkstation,
  playedPrompt,
  until,
  type StaffMember,
} from '../../../dev/demo/index.ts';
import type { SoftHsmStore } from '../../../dev/softhsm/index.ts';
import { caseIdOf, type Workstation } from '../../../main/engine/index.ts';

export type DeskJob = {
  readonly directory: string;
  readonly store: Pick<SoftHsmStore, 'modulePath' | 'environment'>;
  readonly person: StaffMember;
  readonly invitation: string;
  readonly activationCode: string;
  readonly name: string;
  /** One act each. */
  readonly cases: readonly RegistrationForm[];
  readonly everyMs: number;
};

export type DeskFact =
  | { readonly step: 'ready' | 'ended' }
  | { readonly step: 'signed'; readonly actionId: string; readonly atMs: number }
  | { readonly step: 'proven'; readonly actionId: string; readonly index: number; readonly atMs: number }
  | { readonly step: 'failed'; readonly why: string };

const tell = (fact: DeskFact): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
/** More than one desk has open at once. */
const lookedAtMax = 100;
const provenWithinMs = 60_000;

/** Tells each act whose receipt the vault has verified and journalled, right after the engine says that the journal changed. */
function watchReceipts(desk: Workstation): { readonly proven: () => number } {
  const proven = new Set<string>();
  let looking: Promise<void> | undefined;
  let isStale = false;
  async function look(): Promise<void> {
    do {
      isStale = false;
      const { items } = must(await desk.listJournal({ before: null, limit: lookedAtMax, onlyActs: true }));
      const atMs = Date.now();
      for (const { act } of items) {
        if (act?.state !== 'logged' || act.logIndex === null || proven.has(act.actionId)) continue;
        proven.add(act.actionId);
        tell({ step: 'proven', actionId: act.actionId, index: act.logIndex, atMs });
      }
    } while (isStale);
    looking = undefined;
  }
  desk.on((event) => {
    if (event !== 'journal.changed') return;
    isStale = true;
    looking ??= look();
  });
  return { proven: () => proven.size };
}

async function run(job: DeskJob, begin: Promise<unknown>): Promise<void> {
  activationCodes.set(job.person.iin, job.activationCode);
  const desk = openWorkstation({
    directory: job.directory,
    store: job.store as SoftHsmStore,
    prompt: playedPrompt(job.person),
    // A promise that was kept too late is what the waits say; any other alarm is no measure of a platform that works.
    log: (entry) => {
      if (entry.kind === 'alarm' && entry.code !== 'promise-overdue') tell({ step: 'failed', why: entry.code });
    },
  });
  const certificateId = await certificateOf(desk, job.person);
  must(await desk.enrol({ code: job.invitation, name: job.name, certificateId }));
  must(await desk.startShift(certificateId));
  const { platform } = desk;
  if (platform === undefined) throw new Error('the shift has no platform');
  await until(() => desk.app().status.server.state === 'connected');
  const { proven } = watchReceipts(desk);
  tell({ step: 'ready' });
  await begin;
  const startedAtMs = performance.now();
  for (const [n, form] of job.cases.entries()) {
    await sleep(Math.max(0, startedAtMs + n * job.everyMs - performance.now()));
    const caseId = caseIdOf(platform, form.number);
    const { actionId, recordedAtMs } = must(await desk.sign({ type: 'registration.submit', caseId, form }));
    tell({ step: 'signed', actionId, atMs: recordedAtMs });
  }
  await until(() => proven() === job.cases.length, provenWithinMs);
  await desk.close();
  tell({ step: 'ended' });
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { value: line } = await lines.next();
run(JSON.parse(String(line)) as DeskJob, lines.next()).then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ step: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : 'thrown' });
    process.exit(1);
  },
);
