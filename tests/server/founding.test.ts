import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseInvitation } from '../../contracts/http/index.ts';
import { groupsOf } from '../../core/signing/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { createTestCa, type TestCa } from '../../dev/ca/index.ts';
import { freePort, fullName, makeCards, member, recoveryOfficer, type StaffMember } from '../../dev/demo/index.ts';
import { openSoftHsmStore } from '../../dev/softhsm/index.ts';
import { Workstation } from './support/workstation.ts';

// The program as three people run it, with cards of SoftHSM: killed after each of its steps, and taken up by the next run.
const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
const people = [member('security-officer'), member('manager'), recoveryOfficer] as const;

let folder: string;
let platform: string;
let ca: TestCa;
let url: string;
let desk: Workstation | undefined;

type Event = Readonly<Record<string, unknown>>;
type Answers = {
  /** PINs that are typed in the place of the right ones, in their order. */
  readonly pins?: readonly string[];
  readonly fingerprint?: string;
  /** The event after which the program is killed. */
  readonly killAt?: (event: Event) => boolean;
  readonly plan?: string;
  readonly more?: readonly string[];
};

const named = ({ iin, ...person }: StaffMember) => ({ iin, name: fullName({ iin, ...person } as StaffMember) });

function planFile(name: string, change: Readonly<Record<string, unknown>> = {}): string {
  const [one, other, recovery] = people;
  const plan = {
    profile: 'demo',
    operatorName: 'Сынақ АҚ',
    url,
    platform: 'synaq',
    basis: '№ 1 хаттама',
    officers: [
      { ...named(one), locale: 'kk' },
      { ...named(other), locale: 'ru' },
    ],
    recovery: { ...named(recovery), locale: 'en' },
    workstations: ['АРМ-1'],
    certificates: ['root.cer', 'issuing.cer'],
    revocationLists: ['list-0.crl', 'list-1.crl'],
    ...change,
  };
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

/** Enrols the workstation of the test, and answers what it would show. */
async function enrolBy(invitation: string): Promise<string> {
  const parsed = parseInvitation(invitation);
  if (!parsed.ok) throw new Error('an invitation');
  const certificate = readFileSync(join(platform, 'keys', 'tls-certificate.pem'));
  const pin = { spki: parsed.value.spki, certificate: certificateDer(certificate.toString()) };
  desk = new Workstation({ url, pin });
  expect((await desk.enrol(parsed.value.code)).status).toBe(200);
  return groupsOf(sha256Hex(desk.client.publicKey));
}

const certificateDer = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/gu, ''), 'base64');

/** One run of the program; answers all that it said. */
async function run(
  answers: Answers = {},
): Promise<{ readonly events: readonly Event[]; readonly exit: number | null }> {
  const { pins = [], killAt = () => false, plan = planFile('plan.json'), more = [] } = answers;
  const options = ['--directory', platform, '--plan', plan, '--cards', join(folder, 'cards.json'), ...more];
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [program, 'server', 'found', ...options, '--listen', new URL(url).host, '--json'],
    { env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' } },
  );
  const exit = new Promise<number | null>((done) => child.on('close', done));
  const wrong = [...pins];
  const events: Event[] = [];
  const type = (line: string): void => void child.stdin.write(`${line}\n`);
  let holder = '';
  const typePin = (): void => type(wrong.shift() ?? people.find((person) => fullName(person) === holder)?.pin ?? '');
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Event;
    events.push(event);
    if (killAt(event)) {
      child.kill('SIGKILL');
      break;
    }
    if (event['event'] === 'invitation') await enrolBy(String(event['invitation']));
    if (event['event'] === 'fingerprint') type(answers.fingerprint ?? shownByDesk().slice(-9));
    if (event['event'] === 'text') holder = String(event['name']);
    if (event['event'] === 'text' || event['reason'] === 'pin-incorrect') typePin();
  }
  return { events, exit: await exit };
}

/** What the workstation of the test would show of itself. */
function shownByDesk(): string {
  if (desk === undefined) throw new Error('a workstation enrolled');
  return groupsOf(sha256Hex(desk.client.publicKey));
}

function qorgan(...given: readonly string[]): { readonly exit: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...given, '--json'], { encoding: 'utf8' });
  return { exit: status, out: stdout };
}

const stepsOf = (events: readonly Event[]): readonly unknown[] =>
  events.flatMap(({ step }) => (step === undefined ? [] : [step]));
const reasonOf = (events: readonly Event[]): unknown => events.at(-1)?.['reason'];
const textsOf = (events: readonly Event[]): readonly Event[] => events.filter(({ event }) => event === 'text');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-founding-'));
  // Where root runs the tests, the database runs as another user and must reach its folder.
  chmodSync(folder, 0o711);
  platform = join(folder, 'platform');
  url = `https://127.0.0.1:${await freePort()}`;
  ca = createTestCa({ demo: true, now: Date.now });
  const store = openSoftHsmStore(join(folder, 'cards'));
  makeCards(store, ca, people);
  const modules = [{ id: 'softhsm', path: store.modulePath, environment: store.environment }];
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ modules }));
  writeFileSync(join(folder, 'root.cer'), ca.rootCertificate);
  writeFileSync(join(folder, 'issuing.cer'), ca.issuingCertificate);
  for (const [i, list] of ca.crls().entries()) writeFileSync(join(folder, `list-${i}.crl`), list);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const protocolFile = (name: string): string => join(folder, `protocol-${name}.html`);

test('a plan is refused by name before anything is made', async () => {
  const [one, other] = people;
  const cases = [
    [{ url: 'http://127.0.0.1' }, 'founding-plan-malformed'],
    [{ officers: [named(one)] }, 'founding-plan-malformed'],
    [{ workstations: [] }, 'founding-plan-malformed'],
    [{ recovery: { ...named(one), iin: '900101300000' } }, 'founding-plan-malformed'],
    [{ recovery: named(other) }, 'founding-people-insufficient'],
    [{ officers: [named(one), named(one)] }, 'founding-people-insufficient'],
  ] as const;
  for (const [change, reason] of cases) {
    const { events, exit } = await run({ plan: planFile('wrong.json', change) });
    expect([reasonOf(events), exit], JSON.stringify(change)).toEqual([reason, 1]);
  }
  expect(existsSync(platform)).toBe(false);
}, 60_000);

test('the ceremony is killed after each of its steps, and each step is taken once', async () => {
  for (const step of ['platform', 'authorities', 'people']) {
    const { events } = await run({ killAt: (event) => event['step'] === step });
    expect(stepsOf(events).at(-1)).toBe(step);
  }
  const atInvitation = await run({ killAt: ({ event }) => event === 'invitation' });
  expect(atInvitation.events.at(-1)).toMatchObject({ event: 'invitation', name: 'АРМ-1' });
  const atDevice = await run({ killAt: ({ event }) => event === 'fingerprint' });
  expect(atDevice.events.filter(({ event }) => event === 'invitation')).toHaveLength(1);
  const mistaken = await run({ fingerprint: '0000 0000' });
  expect([reasonOf(mistaken.events), mistaken.exit]).toEqual(['founding-device-differs', 1]);
  const short = await run({ fingerprint: shownByDesk().slice(-4) });
  expect(reasonOf(short.events)).toBe('founding-device-differs');
  const atDevices = await run({ killAt: ({ step }) => step === 'devices' });
  // The workstation that enrolled before is recognised: it needs no second invitation.
  expect(atDevices.events.some(({ event }) => event === 'invitation')).toBe(false);
  const atFirst = await run({ killAt: ({ event }) => event === 'text' });
  expect(textsOf(atFirst.events)).toHaveLength(1);
  // Nothing but the workstation's own screen says which one was seen.
  expect(atFirst.events.filter(({ event }) => event === 'fingerprint')).toHaveLength(1);
}, 180_000);

test('a wrong PIN is asked for again, and costs nobody else his signature', async () => {
  const { events } = await run({
    pins: ['0000'],
    killAt: (event) => textsOf([event]).length > 0 && event['name'] === fullName(people[1]),
  });
  expect(events.filter(({ reason }) => reason === 'pin-incorrect')).toHaveLength(1);
  const before = await run({ killAt: ({ event }) => event === 'text' });
  expect(textsOf(before.events)[0]).toMatchObject({ name: fullName(people[1]) });
}, 60_000);

const draftFile = (): string => join(platform, 'founding.json');
type Draft = { statement: string; signatures: { iin: string; cms: string }[] };
const readDraft = (): Draft => JSON.parse(readFileSync(draftFile(), 'utf8')) as Draft;

test('what was edited between two signatures is found out before anybody signs', async () => {
  const whole = readFileSync(draftFile(), 'utf8');
  const draft = readDraft();
  expect(draft.signatures).toHaveLength(1);
  const edits: readonly [unknown, string][] = [
    [{ ...draft, statement: draft.statement.replace('"records":["', '"records":["0') }, 'document-malformed'],
    [
      { ...draft, statement: draft.statement.replace('"kk":"', '"kk":"f').replace(/"kk":"(.{64})./u, '"kk":"$1') },
      'founding-text-differs',
    ],
    [{ ...draft, signatures: [{ ...draft.signatures[0], iin: people[1].iin }] }, 'founding-signatures-insufficient'],
    ['nothing', 'founding-draft-malformed'],
  ];
  for (const [edited, reason] of edits) {
    writeFileSync(draftFile(), JSON.stringify(edited));
    const { events, exit } = await run();
    expect([reasonOf(events), exit, textsOf(events).length], reason).toEqual([reason, 1, 0]);
  }
  writeFileSync(draftFile(), whole);
}, 120_000);

test('other people, and a record that came after the statement, are refused; a statement is made anew only where that is said', async () => {
  const [one, other, recovery] = people;
  const swapped = planFile('swapped.json', { officers: [named(other), named(one)], recovery: named(recovery) });
  expect(reasonOf((await run({ plan: swapped })).events)).toBe('founding-plan-differs');
  const elsewhere = planFile('elsewhere.json', { operatorName: 'Басқа АҚ' });
  expect(reasonOf((await run({ plan: elsewhere })).events)).toBe('founding-plan-differs');
  const staff = join(folder, 'staff.json');
  const late = { ...named(member('registrar')), roles: ['manager'], validFromMs: 0, validUntilMs: 4e12, basis: '№ 2' };
  writeFileSync(staff, JSON.stringify(late));
  expect(qorgan('server', 'add-staff', staff, '--directory', platform).exit).toBe(0);
  expect(reasonOf((await run()).events)).toBe('founding-records-differ');
}, 120_000);

test('the founding ends in the log, in three languages, and the check of the log judges it', async () => {
  const { events, exit } = await run({ more: ['--anew', '--protocol', protocolFile('first')] });
  expect([stepsOf(events), exit]).toEqual([
    ['platform', 'authorities', 'people', 'devices', 'signatures', 'founded'],
    0,
  ]);
  const texts = textsOf(events).map(({ text }) => String(text));
  expect(texts.map((text) => text.split('\n')[1])).toEqual([
    'Біз Сынақ АҚ операторының synaq платформасын құрамыз.',
    'Мы учреждаем платформу synaq, оператор: Сынақ АҚ.',
    'We found the platform synaq of Сынақ АҚ.',
  ]);
  for (const text of texts) {
    for (const person of [...people, member('registrar')]) expect(text).toContain(person.iin);
    expect(text).toContain(shownByDesk());
  }
  expect(existsSync(draftFile())).toBe(false);
  expect(qorgan('log', 'check', '--directory', platform, '--replay')).toMatchObject({ exit: 0 });
}, 120_000);

test('the protocol comes out of the log again to the byte, names everybody and everything, and no file is written over', () => {
  const again = (name: string, locale: string) =>
    qorgan('server', 'protocol', '--directory', platform, '--out', protocolFile(name), '--locale', locale);
  const first = readFileSync(protocolFile('first'), 'utf8');
  const made = again('again', 'en');
  expect(made.exit).toBe(0);
  expect(readFileSync(protocolFile('again'), 'utf8')).toBe(first);
  const { leafIndex, root, statement } = JSON.parse(made.out) as Record<string, string>;
  const facts = [String(root), String(statement)].map(groupsOf);
  for (const fact of [...facts, shownByDesk(), ...people.map(({ iin }) => iin)]) expect(first).toContain(fact);
  expect(first).not.toContain('<script');
  expect(Number(leafIndex)).toBeGreaterThan(6);
  expect(first.match(/class="ink"/gu)).toHaveLength(3);
  for (const locale of ['kk', 'ru']) {
    expect(again(locale, locale).exit).toBe(0);
    const page = readFileSync(protocolFile(locale), 'utf8');
    expect(page).toContain(`<html lang="${locale}">`);
    expect(page).toContain(facts[0]);
  }
  expect(again('again', 'en').exit).toBe(2);
}, 60_000);

test('a second founding is refused', async () => {
  const { events, exit } = await run();
  expect([reasonOf(events), exit]).toEqual(['platform-founded', 1]);
}, 60_000);
