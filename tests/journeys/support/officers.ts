import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  activationCodes,
  certificateOf,
  Chance,
  fullName,
  makeIin,
  member,
  must,
  openWorkstation,
  playedPrompt,
  until,
  type PlayedPrompt,
  type StaffMember,
} from '../../../dev/demo/index.ts';
import type { StaffGrant } from '../../../core/access/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import type { Workstation } from '../../../main/engine/index.ts';
import { found } from '../../server/support/founded.ts';
import { issuePerson } from '../../server/support/people.ts';
import { addStaff, type TestPlatform } from '../../server/support/platform.ts';
import { makeWorld, type World, type WorldOptions } from './platform.ts';

const chance = new Chance(57);

function person(id: string, other: Omit<StaffMember, 'id' | 'iin' | 'recognitionPhrase' | 'patronymic'>): StaffMember {
  const iin = makeIin(chance, '1990-04-12', false);
  return { ...other, iin, patronymic: '', recognitionPhrase: `phrase ${id}`, id: 'security-officer' };
}

/** Two officers and a manager who sign with cards, and somebody who is not of the staff yet. */
export const officer = member('security-officer');
export const colleague = person('colleague', {
  ...{ surname: 'Ли', name: 'Виктор', roles: ['security-officer'] },
  ...{ tokenLabel: 'V. LI', pin: '8642', password: 'Тырна он екі ұшты' },
});
export const manager = person('manager', {
  ...{ surname: 'Әлиев', name: 'Марат', roles: ['manager'] },
  ...{ tokenLabel: 'M. ALIEV', pin: '7531', password: 'Көктем келді биыл' },
});
export const newcomer = person('newcomer', {
  ...{ surname: 'Жаңа', name: 'Қызметкер', roles: ['registrar'] },
  ...{ tokenLabel: 'Q. ZHANA', pin: '1593', password: 'Жаңбыр жауды кеше' },
});

export type Seat = {
  readonly desk: Workstation;
  readonly prompt: PlayedPrompt;
  readonly person: StaffMember;
  start(): Promise<void>;
};

/** A platform that was founded, with a workstation for each of these people. */
export type FoundedWorld = {
  readonly world: World;
  readonly directory: string;
  /** A further workstation for somebody: it asks to be let in, one of the two officers proposes it and the other confirms. */
  seatFounded(person: StaffMember, name: string, by: readonly [Seat, Seat]): Promise<Seat>;
  /** One of the two officers proposes the workstation of this name that asks to be let in, and the other confirms. */
  admit(name: string, by: readonly [Seat, Seat]): Promise<void>;
  certificateHash(person: StaffMember): Sha256Hex;
  close(): Promise<void>;
};

async function openSeat(world: World, directory: string, who: StaffMember, name: string): Promise<Seat> {
  const prompt = playedPrompt({ ...who, phrase: who.recognitionPhrase });
  const desk = openWorkstation({ directory: join(directory, name), store: world.store, prompt });
  must(await desk.enrol({ code: await world.invitation(), name, certificateId: await certificateOf(desk, who) }));
  return {
    ...{ desk, prompt, person: who },
    async start() {
      must(await desk.startShift(await certificateOf(desk, who)));
      await until(() => desk.app().status.server.state === 'connected');
    },
  };
}

/** Starts a platform, seats these people at workstations of their own, and founds it by the cards of others; `line` is what stands between. */
export async function makeFounded(
  seated: readonly StaffMember[],
  between: Pick<WorldOptions, 'line'> = {},
): Promise<{ founded: FoundedWorld; seats: readonly Seat[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-rights-'));
  const people = [...new Set([officer, colleague, manager, newcomer, ...seated])];
  const world = await makeWorld(directory, { ...between, profile: 'demo', people, withoutRoles: [newcomer.iin] });
  const opened: Seat[] = [];
  const seat = async (who: StaffMember, name: string): Promise<Seat> => {
    const one = await openSeat(world, directory, who, name);
    opened.push(one);
    return one;
  };
  const admit = async (name: string, [one, other]: readonly [Seat, Seat]): Promise<void> => {
    const { items } = must(await one.desk.listDevices());
    const asking = items.find((device) => device.name === name && device.standing === 'requested');
    if (asking === undefined) throw new Error('the workstation does not ask to be let in');
    const place = { location: 'Астана, 2-қабат', custodian: one.person.iin, standing: 'active' } as const;
    const change = { kind: 'device', id: asking.id, before: asking.hash, ...place } as const;
    must(await one.desk.sign({ type: 'access.propose', change, reason: 'A new desk', basis: 'Order 9' }));
    const waiting = async () => must(await other.desk.listChanges({ view: 'for-me', offset: 0, limit: 1 })).items;
    await until(async () => (await waiting()).length === 1);
    must(await other.desk.sign({ type: 'access.confirm', caseId: (await waiting())[0]?.caseId ?? '' }));
    await until(async () =>
      must(await other.desk.listDevices()).items.some(({ id, standing }) => id === asking.id && standing === 'active'),
    );
  };
  for (const [i, who] of seated.entries()) await seat(who, `Desk ${i + 1}`);
  const { ca, server } = world;
  const founders = [
    issuePerson({ ca, n: 91, name: 'Құрылтай Бірінші', roles: ['security-officer'] }),
    issuePerson({ ca, n: 92, name: 'Құрылтай Екінші', roles: ['manager'] }),
    issuePerson({ ca, n: 93, name: 'Құрылтай Үшінші', roles: ['security-officer', 'manager'] }),
  ] as const;
  for (const founder of founders) must(await addStaff(server, founder));
  must(await found({ server } as TestPlatform, founders));
  const seats = [...opened];
  return {
    seats,
    founded: {
      ...{ world, directory, admit },
      async seatFounded(who, name, by) {
        const one = await seat(who, name);
        await admit(name, by);
        return one;
      },
      certificateHash: (who) => {
        const card = world.cards.find(({ member: one }) => one.iin === who.iin);
        return card?.certificate as Sha256Hex;
      },
      async close() {
        for (const { desk } of opened) await desk.close();
        await world.close();
        rmSync(directory, { recursive: true, force: true });
      },
    },
  };
}

/** The record of somebody new, whose card is in. */
export function recordOf(founded: FoundedWorld, who: StaffMember): StaffGrant {
  return {
    iin: who.iin,
    name: fullName(who).trim(),
    employeeNumber: `T-${who.iin.slice(-4)}`,
    roles: who.roles,
    certificates: [founded.certificateHash(who)],
    validFromMs: Date.now() - 60_000,
    validUntilMs: null,
    standing: 'active',
    contract: null,
  };
}

/** Hands somebody the code by which he sets his password at his first sign-in. */
export async function activate({ world }: FoundedWorld, { iin }: StaffMember): Promise<void> {
  activationCodes.set(iin, must(await world.server.administration.activationCode(iin)).code);
}
