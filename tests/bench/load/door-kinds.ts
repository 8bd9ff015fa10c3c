import { makeKey } from '../../../dev/ca/index.ts';
import {
  activate,
  actOn,
  changePolicyByCards,
  grantByCards,
  grantOf,
  newChange,
  publishLists,
  text,
  tokenOf,
  type FoundedPlatform,
} from '../../server/support/founded.ts';
import { issuePerson, signAs, type TestPerson } from '../../server/support/people.ts';
import { attemptRulesDefault, termRulesDefault } from '../../../core/access/index.ts';
import { base64Of, type Workstation } from '../../server/support/workstation.ts';

/** What is sent to the door of sign-in. */
export type SignInBody = { readonly challenge: string; readonly cms: string; readonly password: string };
/** Whoever is sent away by one answer, and with whom he is compared. */
export type DoorKind = {
  readonly name: string;
  /** Name of the kind that it must not differ from. */
  readonly against: string;
  readonly make: (round: number) => Promise<SignInBody>;
};

const dayMs = 86_400_000;
/** After so many failures, each of them after the longest delay, the longest delay holds a person up: at the desk, and anywhere else. */
const failuresMany = 31;
const wrong = 'not the password';

type Circle = {
  readonly platform: FoundedPlatform;
  /** Where everybody is timed, and where it was failed before. */
  readonly desk: Workstation;
  readonly elsewhere: Workstation;
  readonly issue: () => TestPerson;
  /** Lets the clock of this process go on. */
  readonly ahead: (ms: number) => void;
  /** Of each kind: of one only, a time would be his own. */
  readonly peopleEach: number;
};

async function bodyOf(desk: Workstation, person: TestPerson, password: string): Promise<SignInBody> {
  return { ...(await desk.cardProof(person)), password: base64Of(password) };
}

async function attempt(desk: Workstation, person: TestPerson, password: string): Promise<number> {
  const body = await bodyOf(desk, person, password);
  return (await desk.client.call({ method: 'POST', path: '/v1/sign-in', body })).status;
}

async function failAll(desk: Workstation, people: readonly TestPerson[]): Promise<void> {
  for (const person of people)
    if ((await attempt(desk, person, wrong)) !== 403) throw new Error('door: a wrong password is refused');
}

async function expectOutcome(outcome: Promise<string>): Promise<void> {
  if ((await outcome) !== 'accepted') throw new Error(`door: ${await outcome}`);
}

/** Employed by two cards; with a password, unless he never came to set it. */
async function employ({ platform, issue, desk }: Circle, hasPassword = true): Promise<TestPerson> {
  const person = issue();
  await expectOutcome(grantByCards(platform, grantOf(person)));
  if (!hasPassword) return person;
  await activate(platform, person);
  if ((await desk.signIn(person)).status !== 200) throw new Error('door: everybody signs in once');
  return person;
}

type AccountKind = {
  readonly name: string;
  readonly make: () => Promise<TestPerson>;
  /** Comes by while others become idle. */
  readonly comes?: true;
  /** What becomes of him after that time. */
  readonly becomes?: (person: TestPerson) => Promise<TestPerson>;
  /** Where he fails so often that the longest delay holds him up at the end. */
  readonly failsAt?: Workstation;
  readonly password: 'right' | 'wrong';
};

/** Each kind of account by how somebody becomes it, and the password that he tries. */
function accountKinds(circle: Circle): readonly AccountKind[] {
  const { platform, issue, desk, elsewhere } = circle;
  const make = (): Promise<TestPerson> => employ(circle);
  const changed = (record: Parameters<typeof grantOf>[1]) => async (): Promise<TestPerson> => {
    const person = await make();
    await expectOutcome(grantByCards(platform, grantOf(person, record)));
    return person;
  };
  const blocked = async (person: TestPerson): Promise<TestPerson> => {
    const payload = { iin: person.iin, name: person.name, ...text };
    await expectOutcome(actOn(platform.desk, platform.officer, newChange(), { type: 'access.block', payload }));
    return person;
  };
  const withOtherCard = async (person: TestPerson): Promise<TestPerson> => {
    const { certificate, certificateHash } = issuePerson({ ...person, ca: platform.ca, n: numberOf(person) });
    return { ...person, certificate, certificateHash };
  };
  const endsSoon = { validUntilMs: Date.now() + dayMs };
  const held = { make, comes: true, failsAt: desk } as const;
  return [
    { name: 'a stranger', make: async () => issue(), password: 'wrong' },
    { name: 'another stranger (control)', make: async () => issue(), password: 'wrong' },
    { name: 'a stranger who is held up at this desk', make: async () => issue(), failsAt: desk, password: 'wrong' },
    { name: 'a wrong password', make, comes: true, password: 'wrong' },
    { name: 'no password set yet', make: () => employ(circle, false), password: 'right' },
    { name: 'blocked, a wrong password', make, comes: true, becomes: blocked, password: 'wrong' },
    { name: 'dismissed, a wrong password', make: changed({ standing: 'dismissed' }), password: 'wrong' },
    { name: 'past his last day, a wrong password', make: changed(endsSoon), password: 'wrong' },
    { name: 'idle, a wrong password', make, password: 'wrong' },
    {
      name: 'the right password by a card that his record does not name',
      make,
      comes: true,
      becomes: withOtherCard,
      password: 'right',
    },
    { name: 'held up at this desk, a wrong password', ...held, password: 'wrong' },
    { name: 'held up at this desk, the right password', ...held, password: 'right' },
    { name: 'held up by failures elsewhere, the right password', ...held, failsAt: elsewhere, password: 'right' },
  ];
}

const numbers = new Map<string, number>();
function numberOf({ iin }: TestPerson): number {
  return numbers.get(iin) ?? 0;
}

/** What is refused by name before anything is known of an account, of somebody known and of a stranger. */
function namedKinds({ desk, elsewhere }: Circle, known: TestPerson, stranger: TestPerson): readonly DoorKind[] {
  const who = [
    ['of a stranger', stranger],
    ['of a person', known],
  ] as const;
  return who.flatMap(([of, person]) => [
    {
      name: `the challenge of another desk, ${of}`,
      against: 'the challenge of another desk, of a stranger',
      make: () => bodyOf(elsewhere, person, wrong),
    },
    {
      name: `a signature over something else, ${of}`,
      against: 'a signature over something else, of a stranger',
      make: async () => ({
        ...(await bodyOf(desk, person, wrong)),
        cms: Buffer.from(signAs(person, 'something else')).toString('base64'),
      }),
    },
  ]);
}

const idleMaxMs = 20 * dayMs;

/** Half of the time after which one is idle. */
async function passHalf({ platform, ahead }: Circle): Promise<void> {
  ahead(idleMaxMs / 2 + 60_000);
  await publishLists(platform);
  for (const one of [platform.officer, platform.manager]) await tokenOf(platform.desk, one);
}

/** People of each kind: who stays active comes by between the halves, and whoever fails often does so at last. */
async function makePeople(circle: Circle, kinds: readonly AccountKind[]) {
  const { desk, platform, ahead, peopleEach } = circle;
  const people = new Map<string, TestPerson[]>(kinds.map(({ name }) => [name, []]));
  const of = (name: string): TestPerson[] => people.get(name) ?? [];
  for (const { name, make } of kinds) while (of(name).length < peopleEach) of(name).push(await make());
  await passHalf(circle);
  for (const { name, comes } of kinds)
    for (const person of comes === true ? of(name) : [])
      if ((await desk.signIn(person)).status !== 200) throw new Error('door: who is not idle is let in');
  await passHalf(circle);
  for (const { name, becomes } of kinds) {
    const became: TestPerson[] = [];
    for (const person of of(name)) became.push((await becomes?.(person)) ?? person);
    people.set(name, became);
  }
  for (let i = 0; i < failuresMany; i += 1) {
    ahead(attemptRulesDefault.delayMaxMs);
    for (const { name, failsAt } of kinds) if (failsAt !== undefined) await failAll(failsAt, of(name));
  }
  await publishLists(platform);
  await failAll(desk, [...people.values()].flat());
  return people;
}

/**
 * Makes people of every kind that the door of sign-in sends away. `ahead` lets the clock of this process go on: some become idle, and
 * whoever does not comes by. Everybody has failed once at the desk where they are timed.
 */
export async function makeDoorKinds(platform: FoundedPlatform, given: Pick<Circle, 'ahead' | 'peopleEach'>) {
  const [desk, elsewhere] = platform.others;
  if (desk === undefined || elsewhere === undefined)
    throw new Error('door: there are desks beside that of the officers');
  let made = 100;
  const issue = (): TestPerson => {
    made += 1;
    const person = issuePerson({ ca: platform.ca, n: made, name: `Қызметкер Нөмір${made}`, roles: ['reviewer'], key });
    numbers.set(person.iin, made);
    return person;
  };
  const key = makeKey('rsa-2048');
  const circle: Circle = { ...given, platform, desk, elsewhere, issue };
  const { manager } = platform;
  await changePolicyByCards(platform, { terms: { ...termRulesDefault, idleMaxMs } });
  await tokenOf(platform.desk, manager);
  const kinds = accountKinds(circle);
  const people = await makePeople(circle, kinds);
  const accounts = kinds.map(({ name, password }): DoorKind => ({
    name,
    against: 'a stranger',
    make: (round) => {
      const of = people.get(name) ?? [];
      const person = of[round % of.length];
      if (person === undefined) throw new Error('door: there are people of each kind');
      return bodyOf(desk, person, password === 'right' ? person.password : wrong);
    },
  }));
  const [known] = people.get('a wrong password') ?? [];
  if (known === undefined) throw new Error('door: somebody is known');
  return { desk, kinds: [...accounts, ...namedKinds(circle, known, issue())] };
}
