// A workstation as a process of its own that records evidence, so that its main process can be killed in the middle of an upload. Its
// job comes as one line on the standard input; what it did goes out line by line.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateOf, must, openWorkstation, playedPrompt, type StaffMember } from '../../../dev/demo/index.ts';
import type { SoftHsmStore } from '../../../dev/softhsm/index.ts';

export type EvidenceJob = {
  readonly directory: string;
  readonly store: Pick<SoftHsmStore, 'modulePath' | 'environment'>;
  readonly person: StaffMember;
  readonly invitation: string | null;
  /** Bytes to record, all of one value; none where 0. */
  readonly record: { readonly sizeBytes: number; readonly value: number };
};

function tell(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

async function run(job: EvidenceJob): Promise<void> {
  const desk = openWorkstation({
    directory: job.directory,
    store: job.store as SoftHsmStore,
    prompt: playedPrompt(job.person),
  });
  const certificateId = await certificateOf(desk, job.person);
  if (job.invitation !== null) must(await desk.enrol({ code: job.invitation, name: 'Desk 2', certificateId }));
  must(await desk.startShift(certificateId));
  const { sizeBytes, value } = job.record;
  if (sizeBytes > 0) {
    const capture = { mediaType: 'video/mp4', class: 'video', reason: 'A kill', caseId: null } as const;
    const bytes = Buffer.alloc(sizeBytes, value);
    const { sha256 } = must(await desk.recordEvidence({ ...capture, bytes, capturedAtMs: Date.now() }));
    tell({ step: 'recorded', sha256 });
  }
  for (;;) {
    const { items } = must(await desk.listEvidence({ before: null, limit: 100, caseId: null }));
    tell({ items: items.map(({ sha256, state, percent }) => ({ sha256, state, percent })) });
    if (items.every(({ state }) => state === 'accepted')) break;
    await sleep(20);
  }
  tell({ step: 'accepted' });
  await desk.close();
}

createInterface({ input: process.stdin }).once('line', (line) => {
  run(JSON.parse(line) as EvidenceJob).then(
    () => process.exit(0),
    (error: unknown) => {
      tell({ refused: error instanceof Error ? error.stack : 'thrown' });
      process.exit(1);
    },
  );
});
