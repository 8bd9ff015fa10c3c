// A workstation without windows as a process of its own, with a played person at its prompt. It knows nothing of `dev`: the
// product that it runs is named in its job, which comes as one line on the standard input; what it did goes out line by line.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { PromptPort, Workstation } from '../../../main/engine/index.ts';
import type { Result } from '../../../core/kernel/index.ts';

export type DeskJob = {
  /** Folder of the product: its `main`, `native`, `core`. */
  readonly product: string;
  readonly directory: string;
  readonly module: { readonly path: string; readonly environment: Record<string, string> };
  readonly person: {
    readonly tokenLabel: string;
    readonly pin: string;
    readonly password: string;
    readonly former?: string;
  };
  readonly invitation?: string;
  readonly activationCode?: string;
  /** Which case to decide on; the first that waits where absent. */
  readonly caseNumber?: string;
  readonly exportTo?: string;
  /** Changes the password of the person from `former` to `password` instead of deciding on a case. */
  readonly isChangingPassword?: boolean;
};

const patienceMs = 30_000;
const lookEveryMs = 25;

function tell(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  tell({ refused: result.refusal.code, details: result.refusal.details ?? {} });
  process.exit(1);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startedAtMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAtMs > patienceMs) {
      tell({ refused: `waited in vain: ${what}` });
      process.exit(1);
    }
    await sleep(lookEveryMs);
  }
}

let isChanging = false;

/** The former one, until it is changed. */
function passwordNow({ person }: DeskJob): string {
  return isChanging ? person.password : (person.former ?? person.password);
}

async function openDesk(job: DeskJob): Promise<Workstation> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(job.product, file)).href);
  const { createWorkstation } = (await load('main/engine/index.ts')) as typeof import('../../../main/engine/index.ts');
  const { Secret } = (await load('core/kernel/index.ts')) as typeof import('../../../core/kernel/index.ts');
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  let code = job.activationCode ?? null;
  const prompt: PromptPort = {
    async ask(question) {
      const { asks } = await question.view();
      const former = isChanging ? job.person.former : undefined;
      const result = await question.attempt({
        pin: asks.pin ? new Secret('pin', bytes(job.person.pin)) : null,
        password: asks.password ? new Secret('password', bytes(passwordNow(job))) : null,
        formerPassword: former === undefined ? null : new Secret('password', bytes(former)),
        newRecognitionPhrase: asks.newRecognitionPhrase ? 'a phrase' : null,
        activationCode: asks.activationCode ? code : null,
      });
      if (result.ok && asks.activationCode) code = null;
      return result;
    },
  };
  return createWorkstation({
    directory: job.directory,
    nodeFile: process.execPath,
    deviceHostFile: join(job.product, 'native/device-host/boot.ts'),
    vaultHostFile: join(job.product, 'native/vault-host/boot.ts'),
    modules: [{ id: 'softhsm', ...job.module }],
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    bootId: randomUUID(),
    random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    chance: Math.random,
    prompt,
    environment: process.env,
    version: '0.1.0',
    posture: async () => ({
      ...{ system: null, patchedAtMs: null, antivirus: null, isDiskEncrypted: null, remoteControl: null },
    }),
    kind: 'workstation',
    isRoot: process.getuid?.() === 0,
    log: () => undefined,
  });
}

async function chooseCase(desk: Workstation, job: DeskJob): Promise<{ readonly id: string; readonly status: string }> {
  const query = {
    view: 'all',
    statuses: [],
    query: job.caseNumber ?? '',
    sort: 'number',
    offset: 0,
    limit: 1,
  } as const;
  let found: { readonly id: string; readonly status: string } | undefined;
  await until('a case', async () => {
    const { items } = must(await desk.listCases({ ...query, statuses: [] }));
    found = items[0];
    return found !== undefined;
  });
  if (found === undefined) throw new Error('desk: the case was there');
  return found;
}

async function decide(desk: Workstation, job: DeskJob): Promise<void> {
  const { id: caseId, status } = await chooseCase(desk, job);
  if (status === 'submitted') {
    tell({ step: 'claiming' });
    tell({ step: 'claimed', act: must(await desk.sign({ type: 'registration.claim', caseId })).actionId });
  }
  if (status === 'submitted' || status === 'claimed') {
    tell({ step: 'approving' });
    tell({
      step: 'approved',
      act: must(await desk.sign({ type: 'registration.approve', caseId, note: 'Checked' })).actionId,
    });
  }
  const journal = async () => must(await desk.listJournal({ before: null, limit: 500, onlyActs: true })).items;
  await until('the receipts', async () => (await journal()).every(({ act }) => act?.state === 'logged'));
  const items = await journal();
  tell({ step: 'proven', acts: items.map(({ act }) => act) });
  const own = items.find(({ act }) => act?.caseId === caseId && act.type === 'registration.approve')?.act?.actionId;
  if (job.exportTo === undefined || own === undefined) return;
  mkdirSync(job.exportTo, { recursive: true });
  for (const { name, bytes } of must(await desk.exportAct(own))) writeFileSync(join(job.exportTo, name), bytes);
  tell({ step: 'exported' });
}

async function run(job: DeskJob): Promise<void> {
  const desk = await openDesk(job);
  const certificates = must(await desk.certificates());
  const certificateId = certificates.find(({ tokenLabel }) => tokenLabel === job.person.tokenLabel)?.id ?? '';
  if (job.invitation !== undefined && desk.phase() === 'not-enrolled') {
    must(await desk.enrol({ code: job.invitation, name: 'Desk 1', certificateId }));
    tell({ step: 'enrolled' });
  }
  must(await desk.startShift(certificateId));
  const { profile, staff } = desk.app();
  tell({ step: 'shift-started', profile, roles: staff?.roles });
  if (job.isChangingPassword === true) {
    isChanging = true;
    tell({ step: 'changing' });
    must(await desk.changePassword());
    tell({ step: 'changed' });
  } else await decide(desk, job);
  must(await desk.endShift());
  await desk.close();
  tell({ step: 'ended' });
}

createInterface({ input: process.stdin }).once('line', (line) => {
  run(JSON.parse(line) as DeskJob).then(
    () => process.exit(0),
    (error: unknown) => {
      tell({ refused: 'bug', stack: error instanceof Error ? error.stack : 'thrown' });
      process.exit(1);
    },
  );
});
