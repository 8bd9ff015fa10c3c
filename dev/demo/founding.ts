import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCardHost } from '../../cli/cards/index.ts';
import { holdCeremony, parsePlan, type PlanFile } from '../../cli/founding/index.ts';
import { Secret } from '../../core/kernel/index.ts';
import type { Workstation } from '../../main/engine/index.ts';
import { createServerLog, realSurroundings, type RunningServer } from '../../server/boot/index.ts';
import type { TestCa } from '../ca/index.ts';
import type { SoftHsmStore } from '../softhsm/index.ts';
import { makeCards } from './cards.ts';
import { freePort } from './free-port.ts';
import { activationCodes, playedPrompt } from './played-prompt.ts';
import { fullName, member, operator, recoveryOfficer, staff, type StaffMember } from './staff.ts';
import { certificateOf, must, openWorkstation } from './workstation.ts';

/** The desk of a folder, at which this person types. */
export function openDeskOf(
  setting: { readonly directory: string; readonly store: SoftHsmStore },
  folder: string,
  person: StaffMember,
  kind: 'workstation' | 'import-station',
): Workstation {
  const prompt = playedPrompt({ pin: person.pin, password: person.password, phrase: person.recognitionPhrase });
  return openWorkstation({ directory: join(setting.directory, folder), store: setting.store, prompt, kind });
}

type Made = {
  readonly port: number;
  /** Folders of the tokens that lie in the safe. */
  readonly sealed: readonly string[];
};

/** Cards of those who work at desks, and the safe in which the recovery officer's lies but for the founding. */
type Stores = { readonly desk: SoftHsmStore; readonly safe: SoftHsmStore };

const tokensOf = ({ directory }: SoftHsmStore): string => join(directory, 'tokens');

/** Cards and address of a demonstration, made once. */
export async function makeFirst(directory: string, ca: TestCa, stores: Stores): Promise<Made> {
  const file = join(directory, 'made.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Made;
  makeCards(stores.desk, ca, staff);
  makeCards(stores.safe, ca, [recoveryOfficer]);
  const made = { port: await freePort(), sealed: readdirSync(tokensOf(stores.safe)) };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** Carries cards from one store to another: one process reads one store of this library. */
function carry(cards: readonly string[], from: SoftHsmStore, to: SoftHsmStore): void {
  for (const card of cards)
    if (existsSync(join(tokensOf(from), card))) renameSync(join(tokensOf(from), card), join(tokensOf(to), card));
}

/** The plan of a founding with everything as it comes; the workstations are those of `desks`. */
function planOf(port: number): PlanFile {
  const planned = (person: StaffMember) => ({ iin: person.iin, name: fullName(person) });
  const plan = {
    profile: 'demo',
    operatorName: operator.name,
    url: `https://127.0.0.1:${port}`,
    basis: '№ 1-ж/қ',
    officers: [planned(member('security-officer')), planned(member('manager'))],
    recovery: planned(recoveryOfficer),
    others: [member('registrar'), member('reviewer')].map((person) => ({ ...planned(person), roles: person.roles })),
    workstations: desks.map(({ name }) => name),
    certificates: ['root.cer', 'issuing.cer'],
    revocationLists: [],
  };
  return must(parsePlan(JSON.stringify(plan)));
}

type Desk = {
  readonly name: string;
  readonly folder: string;
  readonly person: StaffMember['id'];
  readonly kind: 'workstation' | 'import-station';
};

/** The registrar's station, and the workstation of the others, which the reviewer enrols. */
const desks: readonly Desk[] = [
  { name: 'Тіркеу бекеті', folder: 'station', person: 'registrar', kind: 'import-station' },
  { name: 'Жұмыс орны 1', folder: 'workstation', person: 'reviewer', kind: 'workstation' },
];

/** Enrols a desk by an invitation, and answers what its own screen then shows. */
async function enrolAt(
  directory: string,
  store: SoftHsmStore,
  desk: Desk,
  invited: { readonly invitation: string; readonly server: RunningServer } | undefined,
): Promise<string | undefined> {
  const person = member(desk.person);
  const station = openDeskOf({ directory, store }, desk.folder, person, desk.kind);
  try {
    if (invited !== undefined && station.phase() === 'not-enrolled') {
      const code = must(await invited.server.administration.activationCode(person.iin)).code;
      activationCodes.set(person.iin, code);
      const certificateId = await certificateOf(station, person);
      must(await station.enrol({ code: invited.invitation, name: desk.name, certificateId }));
    }
    return station.app().device?.fingerprint ?? undefined;
  } finally {
    await station.close();
  }
}

function deskNamed(name: string): Desk {
  const desk = desks.find((one) => one.name === name);
  if (desk === undefined) throw new Error('demo: the plan names its desks');
  return desk;
}

/** Founds the demonstration as a real platform is founded; whoever types is played. */
export async function found(directory: string, made: Made, ca: TestCa, stores: Stores): Promise<void> {
  carry(made.sealed, stores.safe, stores.desk);
  const { modulePath: path, environment } = stores.desk;
  const host = openCardHost([{ id: 'softhsm', path, environment }]);
  const holder = (name: string): StaffMember | undefined =>
    [...staff, recoveryOfficer].find((person) => fullName(person) === name);
  try {
    const held = await holdCeremony({
      plan: planOf(made.port),
      certificates: [ca.rootCertificate, ca.issuingCertificate],
      revocationLists: ca.crls(),
      place: {
        directory: join(directory, 'platform'),
        surroundings: realSurroundings,
        listen: { host: '127.0.0.1', port: made.port },
        log: createServerLog(() => undefined),
      },
      cards: {
        ...{ host, nowMs: Date.now, onAbsent: () => undefined, onRefusal: () => undefined },
        askPin: async ({ name }) => new Secret('pin', new TextEncoder().encode(holder(name)?.pin ?? '')),
      },
      devices: {
        invite: async (invitation, name, server) =>
          void (await enrolAt(directory, stores.desk, deskNamed(name), { invitation, server })),
        readOff: (name) => enrolAt(directory, stores.desk, deskNamed(name), undefined),
      },
      signing: { locale: 'kk', show: () => undefined },
      onStep: () => undefined,
    });
    if (!held.ok && held.refusal.code !== 'platform-founded') must(held);
  } finally {
    await host.close();
    carry(made.sealed, stores.desk, stores.safe);
  }
}
