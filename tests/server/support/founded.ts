import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessCase, AccessChange, AccessEvent, PolicyDocument, StaffGrant } from '../../../core/access/index.ts';
import { decideCase, evolveCase, isAccessCase, type ActType } from '../../../core/actions/index.ts';
import type { ActItem } from '../../../contracts/http/index.ts';
import { registryView, type RegistryView } from '../../../contracts/http/index.ts';
import { commandOf } from '../../../core/signing/index.ts';
import { parseActEnvelope, parseDeviceRecord } from '../../../contracts/documents/index.ts';
import type { Iin } from '../../../core/kernel/index.ts';
import { endpoints } from '../../../contracts/http/index.ts';
import { issuePerson, signAs, type TestPerson } from './people.ts';
import { activationCodes, addStaff, must, startTestPlatform, type TestPlatform } from './platform.ts';
import { testForm } from './forms.ts';
import { enrolled, newCase, type CaseView, type Workstation } from './workstation.ts';

/** A founded platform with its officers, and a workstation of theirs. */
export type FoundedPlatform = TestPlatform & {
  readonly officer: TestPerson;
  readonly colleague: TestPerson;
  readonly manager: TestPerson;
  readonly recovery: TestPerson;
  readonly desk: Workstation;
  /** Other workstations, where more than one is asked for. */
  readonly others: readonly Workstation[];
};

/** The signature of a founding by this person's card. */
export function signFounding(person: TestPerson, statement: string) {
  const cms = Buffer.from(signAs(person, statement)).toString('base64');
  return { iin: person.iin, certificate: person.certificateHash, cms };
}

/** Founds a platform by two officers and a recovery officer, who all sign; every device that is in the log is admitted. */
export async function found(platform: Pick<TestPlatform, 'server'>, by: readonly [TestPerson, TestPerson, TestPerson]) {
  const { founding } = platform.server;
  const { records } = await founding.standing();
  const devices = records.flatMap(({ kind, text }) =>
    kind === 'device' ? [must(parseDeviceRecord(text)).device] : [],
  );
  const [one, other, recovery] = by;
  const people = { officers: [one.iin, other.iin] as [Iin, Iin], recovery: recovery.iin, devices };
  const statement = await founding.statement(people);
  if (!statement.ok) return statement;
  return founding.found(
    statement.value,
    by.map((person) => signFounding(person, statement.value)),
  );
}

/** Starts a platform, gives it two officers and a manager, enrols a workstation, or more, and founds it. */
export async function startFounded(desks = 1, onStatement?: (text: string) => void): Promise<FoundedPlatform> {
  const platform = await startTestPlatform(undefined, onStatement);
  const { ca } = platform;
  const officer = issuePerson({ ca, n: 11, name: 'Қасымова Дана', roles: ['security-officer'] });
  const colleague = issuePerson({ ca, n: 12, name: 'Ли Виктор', roles: ['security-officer'] });
  const manager = issuePerson({ ca, n: 13, name: 'Әлиев Марат', roles: ['manager'] });
  const recovery = issuePerson({ ca, n: 14, name: 'Ким Олег', roles: ['security-officer', 'manager'] });
  for (const person of [officer, colleague, manager, recovery]) must(await addStaff(platform.server, person));
  const desk = await enrolled(platform.server);
  const others: Workstation[] = [];
  while (others.length < desks - 1) others.push(await enrolled(platform.server));
  must(await found(platform, [officer, manager, recovery]));
  return Object.assign(platform, { officer, colleague, manager, recovery, desk, others });
}

/** A case of changed rights that does not exist yet. */
export function newChange(): CaseView & { access: AccessCase } {
  return { ...newCase(testForm()), access: { status: 'absent' } };
}

/** The view after an act of ours was accepted. */
export function took(desk: Workstation, view: CaseView, item: ActItem): void {
  const envelope = must(parseActEnvelope(item.envelope));
  const before = view.access ?? { status: 'absent' };
  const actor = { iin: envelope.actor.iin, roles: [] };
  const event = must(decideCase(before, commandOf(envelope), { actor, nowMs: envelope.claimedAtMs, claimTtlMs: 1 }));
  const after = evolveCase(before, event as AccessEvent);
  if (isAccessCase(after)) view.access = after;
  desk.accepted(view, item);
}

export const text = { reason: 'Жаңа міндет', basis: 'Бұйрық № 7' };

/** Signs and sends one act; answers its outcome. */
export async function actOn<Type extends ActType>(
  desk: Workstation,
  person: TestPerson,
  view: CaseView,
  act: { readonly type: Type; readonly payload: Parameters<typeof desk.act<Type>>[3] },
): Promise<string> {
  const item = desk.act(person, view, act.type, act.payload);
  const [outcome = ''] = await desk.outcomes([item]);
  if (outcome === 'accepted') took(desk, view, item);
  return outcome;
}

/** Proposes a change; answers the case that waits. */
export async function propose(desk: Workstation, person: TestPerson, change: AccessChange) {
  const view = newChange();
  const outcome = await actOn(desk, person, view, { type: 'access.propose', payload: { change, ...text } });
  return { view, outcome };
}

/** Gives somebody whom cards employed the code by which he sets his first password. */
export async function activate(platform: TestPlatform, { iin, certificateHash }: TestPerson): Promise<void> {
  activationCodes.set(certificateHash, must(await platform.server.administration.activationCode(iin)).code);
}

export async function tokenOf(desk: Workstation, person: TestPerson): Promise<string> {
  return endpoints.signIn.response.parse((await desk.signIn(person)).json).token;
}

/** What a second officer signs to let a change be in force. */
export const confirm = { type: 'access.confirm', payload: {} } as const;

/** The registry as a person reads it. */
export async function registryOf(desk: Workstation, token: string): Promise<RegistryView> {
  return registryView.parse((await desk.client.call({ method: 'GET', path: endpoints.registry.path, token })).json);
}

/** The change of a record in a registry that was read. */
export function changeOf(view: RegistryView, record: StaffGrant): AccessChange {
  const person = view.people.find((one) => one.record.iin === record.iin);
  const before = person === undefined ? null : { record: person.record, hash: person.hash };
  return { kind: 'staff', before, record };
}

/** Has two cards put this record of a person into force; answers the outcome of the act that it came to. */
export async function grantByCards({ desk, officer, manager }: FoundedPlatform, record: StaffGrant): Promise<string> {
  const known = await registryOf(desk, await tokenOf(desk, officer));
  const { view, outcome } = await propose(desk, officer, changeOf(known, record));
  return outcome === 'accepted' ? actOn(desk, manager, view, confirm) : outcome;
}

/** Puts the next version of the policy into force by two cards; the acts of this workstation name it from then on. */
export async function changePolicyByCards(
  { desk, officer, manager }: FoundedPlatform,
  change: Partial<PolicyDocument>,
): Promise<void> {
  const { policies } = await registryOf(desk, await tokenOf(desk, officer));
  const newest = policies.at(-1);
  if (newest === undefined) throw new Error('a policy is in force');
  const before = { record: newest.record, hash: newest.hash };
  const version = newest.record.version + 1;
  const record = { ...newest.record, ...change, version, effectiveFromMs: Date.now() };
  const { view, outcome } = await propose(desk, officer, { kind: 'policy', before, record });
  const confirmed = await actOn(desk, manager, view, confirm);
  if (outcome !== 'accepted' || confirmed !== 'accepted') throw new Error(`the policy: ${outcome}, ${confirmed}`);
  desk.policyVersion = version;
}

/** Has authorities publish anew by the clock of this process; the server goes by it on return. */
export async function publishLists({ ca, server, desk }: FoundedPlatform): Promise<void> {
  const fromMs = Math.floor(Date.now() / 1_000) * 1_000;
  for (const list of ca.crls()) must(await server.administration.importCrl(list));
  const isFresh = async (): Promise<boolean> => {
    const status = await desk.client.call({ method: 'GET', path: endpoints.status.path });
    const { lists } = endpoints.status.response.parse(status.json).revocation;
    return lists.every(({ thisUpdateMs }) => thisUpdateMs >= fromMs);
  };
  // Acts that are checked by the trust before are not taken, and sent again.
  for (let i = 0; i < 100; i += 1) {
    if (await isFresh()) return;
    await sleep(50);
  }
  throw new Error('founded: the server goes by new lists within five seconds');
}

/** The record of somebody new. */
export function grantOf(person: TestPerson, other: Partial<StaffGrant> = {}): StaffGrant {
  return {
    iin: person.iin,
    name: person.name,
    employeeNumber: `T-${person.iin.slice(-4)}`,
    roles: person.roles,
    certificates: [person.certificateHash],
    validFromMs: Date.now() - 60_000,
    validUntilMs: null,
    standing: 'active',
    contract: null,
    ...other,
  };
}
