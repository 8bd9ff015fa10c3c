import { canonicalize, type Json } from '../../core/signing/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { recordDocument } from '../../server/accounts/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { tagRow } from '../../server/platform/index.ts';
import { keepCosignature, keepPosture, writeSeal, writeTotp } from '../../server/store/index.ts';
import { checkPlace, realSurroundings, type CheckPlaceOptions, type Finding } from '../../server/boot/index.ts';
import { ok, refuse } from '../../core/kernel/index.ts';
import type { Antivirus } from '../../server/evidence/index.ts';
import { create, describeBytes, patch, statusUntil, upload } from '../evidence/support/uploader.ts';
import { testForm } from '../server/support/forms.ts';
import { testIin, type TestPerson } from '../server/support/people.ts';
import { must, startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, type CaseView, type Workstation } from '../server/support/workstation.ts';
import type { ActItem } from '../../contracts/http/index.ts';

const payloads = {
  claim: {},
  release: {},
  return: { reasons: ['document-unreadable'], note: '' },
  approve: { note: '' },
  refuse: { reasons: ['document-unreadable'], note: '' },
} as const;
type Verb = 'submit' | keyof typeof payloads;

/** Sends acts of a case, each on the last; answers the outcomes. */
export async function actAll(
  workstation: Workstation,
  steps: readonly { readonly person: TestPerson; readonly view: CaseView; readonly verb: Verb }[],
): Promise<readonly string[]> {
  const items = steps.map(({ person, view, verb }): ActItem => {
    const payload = verb === 'submit' ? { form: view.form } : payloads[verb];
    const item = workstation.act(person, view, `registration.${verb}`, payload as never);
    workstation.accepted(view, item);
    return item;
  });
  return workstation.outcomes(items);
}

/** Lives of cases, from the first submission on. */
const lives = [
  ['submit'],
  ['submit', 'claim', 'approve'],
  ['submit', 'claim', 'return', 'submit', 'claim', 'refuse'],
  ['submit', 'claim', 'release'],
] as const;

/** A platform with a history: cases of every state, a refused and a superseded act, people who come and go, sessions. */
export async function furnish(platform: TestPlatform, options: { readonly cases: number }): Promise<void> {
  const { server, registrar, reviewer, other } = platform;
  const workstation = await enrolled(server);
  const views: CaseView[] = [];
  for (let i = 0; i < options.cases; i += 1) {
    const view = newCase(testForm(500 + (i % 40)));
    views.push(view);
    const life = lives[i % lives.length] ?? lives[0];
    const steps = life.map((verb) => ({ person: verb === 'submit' ? registrar : reviewer, view, verb }));
    const outcomes = await actAll(workstation, steps);
    if (outcomes.some((outcome) => outcome !== 'accepted')) throw new Error(outcomes.join(' '));
  }
  const [first] = views;
  if (first === undefined) return;
  // A superseded act, and one by somebody without the role.
  await actAll(workstation, [{ person: other, view: { ...first, revision: 0 }, verb: 'claim' }]);
  await actAll(workstation, [{ person: registrar, view: { ...first }, verb: 'claim' }]);
  await useDoors(platform, workstation);
  await sendEvidence(workstation, first);
  workstation.client.close();
}

/** Signs a person in anew and ends his session before from there. */
async function endElsewhere(workstation: Workstation, person: TestPerson): Promise<void> {
  const { client } = workstation;
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
  const listed = await client.call({ method: 'GET', path: '/v1/sessions', token });
  const other = endpoints.sessions.response.parse(listed.json).sessions.find(({ isThis }) => !isThis);
  await client.call({ method: 'DELETE', path: `/v1/sessions/${other?.id ?? ''}`, token, body: { reason: '' } });
}

/** Leaves a row in every table that the log says nothing of. */
async function useDoors({ server, registrar, reviewer }: TestPlatform, workstation: Workstation): Promise<void> {
  const { client, epoch, sequence, previous } = workstation;
  const state = async (entry: number): Promise<void> => {
    const heads = { acts: { sequence, hash: previous }, entries: { sequence: entry, hash: previous } };
    const body = { form: 'qorgan.contact/1', epoch, heads, knownTreeSize: 0 };
    await client.call({ method: 'POST', path: '/v1/contacts', body });
  };
  await state(9);
  // A vault that was put back: an alarm.
  await state(5);
  for (const person of [registrar, reviewer]) {
    const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
    await client.call({ method: 'GET', path: '/v1/changes?after=0', token });
    if (person === registrar) await client.call({ method: 'DELETE', path: '/v1/session', token });
  }
  await endElsewhere(workstation, reviewer);
  await workstation.signIn({ ...reviewer, password: 'not the password' });
  await client.call({ method: 'POST', path: '/v1/sign-in/challenges' });
  await server.administration.enrolCode();
}

/** Records people at a platform whose server is stopped; each waits for its place until it starts. */
export async function recordPeople(directory: string, count: number): Promise<void> {
  const { desk, store } = must(await openDesk({ directory, surroundings: realSurroundings }, 'demo'));
  const { platform, profile } = desk.identity;
  for (let i = 0; i < count; i += 1) {
    const record = {
      ...{ form: 'qorgan.staff/1', platform, profile, iin: testIin(71), name: 'Келген Қызметкер' },
      ...{ roles: i % 2 === 0 ? ['reviewer'] : [], certificates: [], validFromMs: 0, validUntilMs: 1, basis: '№ 2' },
    };
    await recordDocument(desk, { kind: 'staff', subject: 'staff:came', text: canonicalize(record as Json) });
  }
  const cosignature = {
    device: 'played',
    kind: 'head',
    position: 1,
    tree_size: 1,
    cosigner: '{}',
    note: '-',
    at_ms: 1,
  };
  await keepCosignature(desk.database, tagRow(desk.keyring, 'cosignature', cosignature));
  const posture = { device: 'played', report: '{}', at_ms: 1 };
  await keepPosture(desk.database, tagRow(desk.keyring, 'device_posture', posture));
  await writeTotp(desk.database, tagRow(desk.keyring, 'totp', { account: 'played', sealed: '-', last_step: 1 }));
  await writeSeal(desk.database, tagRow(desk.keyring, 'break_glass', { name: 'played', sealed: '-' }));
  await store.close();
}

const baseAtMs = Date.now();

/** Finds malware where the bytes say so, and has no verdict where they say that. */
const playedAntivirus: Antivirus = {
  version: async () => ok({ engine: 'played', baseVersion: '1', baseAtMs }),
  scan: async (source) => {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    const text = Buffer.concat(parts).toString('latin1');
    if (text.startsWith('no verdict')) return refuse('antivirus-unreachable');
    return ok({ found: text.startsWith('infected') ? 'Played' : null });
  },
};

/** Waits for a state; a machine that is busy with other things takes its time. */
async function surely(
  { client }: Workstation,
  sha256: string,
  isReached: Parameters<typeof statusUntil>[2],
): Promise<void> {
  for (let tries = 0; tries < 6; tries += 1) if (isReached(await statusUntil(client, sha256, isReached))) return;
  throw new Error('evidence that is sent gets its verdict');
}

/** Evidence in every state that there is. */
async function sendEvidence(workstation: Workstation, of: CaseView): Promise<void> {
  const { client } = workstation;
  const tail = Buffer.alloc(70_000, 'kept');
  const bytesOf = (start: string): Buffer => Buffer.concat([Buffer.from(start), tail]);
  const pieces = [
    await upload(client, bytesOf('first'), { case: of.id }),
    await upload(client, Buffer.from('small'), { class: 'document' }),
    await upload(client, bytesOf('infected')),
  ];
  await upload(client, bytesOf('no verdict'));
  const wrong = describeBytes(Buffer.from('announced'));
  await create(client, wrong);
  await patch(client, wrong.sha256, 0, Buffer.from('delivered'));
  const part = describeBytes(bytesOf('part'));
  await create(client, part);
  await patch(client, part.sha256, 0, bytesOf('part').subarray(0, 65_536));
  for (const { sha256 } of pieces) await surely(workstation, sha256, ({ receipt }) => receipt !== null);
  await surely(workstation, wrong.sha256, ({ state }) => state === 'refused');
}

/** A demonstration platform with an antivirus that does as it is told. */
export function startPlayedPlatform(): Promise<TestPlatform> {
  return startTestPlatform(undefined, undefined, playedAntivirus);
}

/** A platform with a log of several bundles whose server is stopped, and with one leaf that waits. */
export async function stoppedPlatform(options: {
  readonly cases: number;
  readonly people: number;
}): Promise<TestPlatform> {
  const platform = await startPlayedPlatform();
  await furnish(platform, options);
  await platform.server.close();
  await recordPeople(platform.directory, options.people);
  // It starts, brings them into the log, and ends.
  platform.server = await startIn(platform.directory, platform.lines);
  await platform.server.close();
  await recordPeople(platform.directory, 1);
  return platform;
}

export async function check(options: Pick<CheckPlaceOptions, 'directory'> & Partial<CheckPlaceOptions>) {
  const findings: Finding[] = [];
  const summary = must(
    await checkPlace({
      witnesses: [],
      isReplay: false,
      onProgress: () => undefined,
      ...options,
      report: (one) => findings.push(one),
    }),
  );
  return { findings, summary };
}
