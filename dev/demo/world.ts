import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInvitation } from '../../contracts/http/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { importCases, type Workstation } from '../../main/engine/index.ts';
import {
  initPlatform,
  openAdministration,
  realSurroundings,
  type OpenAdministration,
} from '../../server/boot/index.ts';
import { createTestCa, type TestCa } from '../ca/index.ts';
import { mendTokens, openSoftHsmStore, type SoftHsmStore } from '../softhsm/index.ts';
import { makeCards } from './cards.ts';
import { makeCases } from './cases.ts';
import { freePort } from './free-port.ts';
import { activationCodes, playedPrompt } from './played-prompt.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import { fullName, member, operator, staff, type StaffMember } from './staff.ts';
import { certificateOf, must, openWorkstation, until } from './workstation.ts';

/** Says what is being done now; the step is over when the returned function is called. */
export type Tell = (step: string) => (detail?: string) => void;

/** The demonstration as it stands: a running server, and a workstation that is enrolled and locked. */
export type DemoWorld = {
  readonly directory: string;
  readonly server: ServerProcess;
  /** Profile folder of the workstation. */
  readonly workstation: string;
  readonly store: SoftHsmStore;
};

const caseCount = 40;
const seed = 57;
const yearMs = 365 * 86_400_000;
const receiptsWaitMs = 60_000;

const surroundings = realSurroundings;

type Made = { readonly port: number; readonly certificates: Readonly<Record<string, string>> };

function done(directory: string, step: string): boolean {
  return existsSync(join(directory, `${step}.done`));
}

function mark(directory: string, step: string): void {
  writeFileSync(join(directory, `${step}.done`), '');
}

async function makeFirst(directory: string, ca: TestCa, store: SoftHsmStore): Promise<Made> {
  const file = join(directory, 'made.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Made;
  const cards = makeCards(store, ca, staff);
  const made = {
    port: await freePort(),
    certificates: Object.fromEntries(cards.map((card) => [card.member.id, card.certificate])),
  };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

async function bringPeople(administration: OpenAdministration, ca: TestCa, made: Made): Promise<void> {
  must(await administration.importAnchors({ anchors: [ca.rootCertificate], intermediates: [ca.issuingCertificate] }));
  for (const person of staff) {
    const certificate = made.certificates[person.id] ?? '';
    const validFromMs = Date.now() - 60_000;
    const { iin, roles } = person;
    const rest = { validFromMs, validUntilMs: validFromMs + yearMs, basis: '№ 1-ж/қ' };
    must(
      await administration.addStaff({
        iin,
        roles,
        name: fullName(person),
        certificates: [certificate as Sha256Hex],
        ...rest,
      }),
    );
  }
}

type Setting = {
  readonly directory: string;
  readonly store: SoftHsmStore;
  readonly server: ServerProcess;
  readonly administration: OpenAdministration;
  readonly tell: Tell;
};

async function invite({ administration, server }: Setting): Promise<string> {
  const { code } = await administration.enrolCode();
  return formatInvitation({ url: server.url, spki: server.spki as Sha256Hex, code });
}

function open(
  setting: Setting,
  folder: string,
  person: StaffMember,
  kind: 'workstation' | 'import-station',
): Workstation {
  const prompt = playedPrompt({ pin: person.pin, password: person.password, phrase: person.recognitionPhrase });
  return openWorkstation({ directory: join(setting.directory, folder), store: setting.store, prompt, kind });
}

/** Hands a person the code for his first password; what was set by an interrupted run stays. */
async function handCode({ administration }: Setting, { iin }: StaffMember): Promise<void> {
  activationCodes.set(iin, must(await administration.activationCode(iin)).code);
}

/** The registrar submits the cases at a station of her own, each as an act signed by her card. */
async function submitCases(setting: Setting): Promise<void> {
  const registrar = member('registrar');
  await handCode(setting, registrar);
  const station = open(setting, 'station', registrar, 'import-station');
  try {
    const certificateId = await certificateOf(station, registrar);
    if (station.phase() === 'not-enrolled')
      must(await station.enrol({ code: await invite(setting), name: 'Тіркеу бекеті', certificateId }));
    must(await station.startShift(certificateId));
    const { platform } = station;
    if (platform === undefined) throw new Error('demo: the shift knows its platform');
    const cases = makeCases({ seed, nowMs: Date.now(), count: caseCount });
    must(await importCases({ submit: (proposal) => station.sign(proposal), platform, cases, onStep: () => undefined }));
    await until(
      () => station.app().status.outbox.waiting === 0 && station.app().status.log.lastIndex !== null,
      receiptsWaitMs,
    );
    must(await station.endShift());
  } finally {
    await station.close();
  }
}

/** Enrols the reviewer's workstation and lets the two others open it too. */
async function enrolDesk(setting: Setting): Promise<void> {
  const reviewer = member('reviewer');
  const prompt = playedPrompt({ pin: reviewer.pin, password: reviewer.password, phrase: reviewer.recognitionPhrase });
  for (const person of [reviewer, member('security-officer')]) await handCode(setting, person);
  const desk = openWorkstation({ directory: join(setting.directory, 'workstation'), store: setting.store, prompt });
  try {
    const certificateId = await certificateOf(desk, reviewer);
    if (desk.phase() === 'not-enrolled')
      must(await desk.enrol({ code: await invite(setting), name: 'Жұмыс орны 1', certificateId }));
    must(await desk.startShift(certificateId));
    for (const person of [member('registrar'), member('security-officer')]) {
      prompt.type({ pin: person.pin, password: person.password, phrase: person.recognitionPhrase });
      must(await desk.addPerson(await certificateOf(desk, person)));
    }
    must(await desk.endShift());
  } finally {
    await desk.close();
  }
}

function writeProfile(directory: string, store: SoftHsmStore): void {
  const folder = join(directory, 'workstation');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const modules = [{ id: 'softhsm', path: store.modulePath, environment: store.environment }];
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ modules }, undefined, 2), { mode: 0o600 });
  const credentials = staff.map((person) => ({
    name: fullName(person),
    role: person.id,
    pin: person.pin,
    password: person.password,
  }));
  writeFileSync(join(folder, 'demo.json'), JSON.stringify(credentials, undefined, 2), { mode: 0o600 });
}

async function once(
  directory: string,
  step: string,
  tell: Tell,
  words: string,
  run: () => Promise<void>,
): Promise<void> {
  if (done(directory, step)) return;
  const end = tell(words);
  await run();
  mark(directory, step);
  end();
}

async function startServer(directory: string, port: number, tell: Tell): Promise<ServerProcess> {
  const end = tell('start the platform server and its database');
  const server = await startServerProcess({
    directory: join(directory, 'platform'),
    profile: 'demo',
    listen: `127.0.0.1:${port}`,
  });
  end(server.url);
  return server;
}

/**
 * Brings the demonstration into being, or back to life: authority, three cards, platform, forty cases in the central log, a
 * workstation that is enrolled. Every step is taken once; what an interrupted run left is taken up.
 */
export async function prepareDemo(directory: string, tell: Tell): Promise<DemoWorld> {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const ca = createTestCa({ demo: true, now: Date.now, directory: join(directory, 'authority') });
  const store = openSoftHsmStore(join(directory, 'cards'));
  mendTokens(store);
  const end = done(directory, 'platform') ? () => undefined : tell('make a test authority and three cards');
  const made = await makeFirst(directory, ca, store);
  end();
  const place = { directory: join(directory, 'platform'), surroundings };
  await once(directory, 'platform', tell, 'initialise the demo platform', async () => {
    const url = `https://127.0.0.1:${made.port}`;
    const init = await initPlatform({ ...place, profile: 'demo', operatorName: operator.name, url });
    if (!init.ok && init.refusal.code !== 'platform-exists') must(init);
  });
  const server = await startServer(directory, made.port, tell);
  try {
    const administration = must(await openAdministration(place));
    try {
      await once(directory, 'people', tell, 'grant three people their roles', () =>
        bringPeople(administration, ca, made),
      );
      // Only an authority that is trusted by then can have signed them.
      for (const list of ca.crls()) must(await administration.importCrl(list));
      writeProfile(directory, store);
      const setting = { directory, store, server, administration, tell };
      await once(
        directory,
        'cases',
        tell,
        `submit ${caseCount} registrations, each signed by the registrar’s card`,
        () => submitCases(setting),
      );
      await once(directory, 'desk', tell, 'enrol the workstation by a one-time code', () => enrolDesk(setting));
    } finally {
      await administration.close();
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { directory, server, workstation: join(directory, 'workstation'), store };
}
