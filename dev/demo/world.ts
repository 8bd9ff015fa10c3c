import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importCases } from '../../main/engine/index.ts';
import { openAdministration, realSurroundings, type OpenAdministration } from '../../server/boot/index.ts';
import { createTestCa, type TestCa } from '../ca/index.ts';
import { mendTokens, openSoftHsmStore, type SoftHsmStore } from '../softhsm/index.ts';
import { makeCases } from './cases.ts';
import { found, makeFirst, openDeskOf } from './founding.ts';
import { activationCodes, playedPrompt } from './played-prompt.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import { fullName, member, staff, type StaffMember } from './staff.ts';
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
const receiptsWaitMs = 60_000;

const surroundings = realSurroundings;

function done(directory: string, step: string): boolean {
  return existsSync(join(directory, `${step}.done`));
}

function mark(directory: string, step: string): void {
  writeFileSync(join(directory, `${step}.done`), '');
}

type Setting = {
  readonly directory: string;
  readonly store: SoftHsmStore;
  readonly server: ServerProcess;
  readonly administration: OpenAdministration;
  readonly tell: Tell;
};

/** Hands a person the code for his first password; what was set by an interrupted run stays. */
async function handCode({ administration }: Setting, { iin }: StaffMember): Promise<void> {
  activationCodes.set(iin, must(await administration.activationCode(iin)).code);
}

/** The registrar submits the cases at a station of her own, each as an act signed by her card. */
async function submitCases(setting: Setting): Promise<void> {
  const registrar = member('registrar');
  await handCode(setting, registrar);
  const station = openDeskOf(setting, 'station', registrar, 'import-station');
  try {
    const certificateId = await certificateOf(station, registrar);
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

/** Lets the others open the reviewer's workstation, too. */
async function openDesk(setting: Setting): Promise<void> {
  const reviewer = member('reviewer');
  const prompt = playedPrompt({ pin: reviewer.pin, password: reviewer.password, phrase: reviewer.recognitionPhrase });
  for (const person of staff) await handCode(setting, person);
  const desk = openWorkstation({ directory: join(setting.directory, 'workstation'), store: setting.store, prompt });
  try {
    const certificateId = await certificateOf(desk, reviewer);
    must(await desk.startShift(certificateId));
    for (const person of [member('registrar'), member('security-officer'), member('manager')]) {
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
 * Brings the demonstration into being, or back to life: authority, cards, a platform that was founded as any other, forty cases in the
 * central log, a workstation that several people open. Every step is taken once; what an interrupted run left is taken up.
 */
export async function prepareDemo(directory: string, tell: Tell): Promise<DemoWorld> {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  if (done(directory, 'people')) throw new Error(`demo: ${directory} is of an older version; remove it`);
  const ca = createTestCa({ demo: true, now: Date.now, directory: join(directory, 'authority') });
  const store = openSoftHsmStore(join(directory, 'cards'));
  const stores = { desk: store, safe: openSoftHsmStore(join(directory, 'safe')) };
  for (const one of Object.values(stores)) mendTokens(one);
  const end = done(directory, 'founding') ? () => undefined : tell('make a test authority and five cards');
  const made = await makeFirst(directory, ca, stores);
  end();
  await once(directory, 'founding', tell, 'found the demo platform by three cards, and enrol its desks', () =>
    found(directory, made, ca, stores),
  );
  const server = await startServer(directory, made.port, tell);
  try {
    await fill({ directory, store, server, tell, ca });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { directory, server, workstation: join(directory, 'workstation'), store };
}

/** What there is to see at the desk. */
async function fill({ ca, ...rest }: Omit<Setting, 'administration'> & { readonly ca: TestCa }): Promise<void> {
  const { directory, store, tell } = rest;
  const administration = must(await openAdministration({ directory: join(directory, 'platform'), surroundings }));
  const setting = { ...rest, administration };
  try {
    // Lists run out: each start brings new ones.
    for (const list of ca.crls()) must(await administration.importCrl(list));
    writeProfile(directory, store);
    const cases = `submit ${caseCount} registrations, each signed by the registrar’s card`;
    await once(directory, 'cases', tell, cases, () => submitCases(setting));
    await once(directory, 'desk', tell, 'let four people open the workstation', () => openDesk(setting));
  } finally {
    await administration.close();
  }
}
