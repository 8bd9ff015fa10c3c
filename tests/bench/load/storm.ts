import type { RunningServer } from '../../../server/boot/index.ts';
import { codeOf, TestClient, type Answer } from '../../server/support/client.ts';
import type { TestPerson } from '../../server/support/people.ts';
import { base64Of, Workstation } from '../../server/support/workstation.ts';

/** How often an owner who was held up tries again. */
const retryMs = 30_000;
/** Every twentieth guesses in the name of somebody whom the platform does not know. */
const strangerShare = 0.05;
/** Parts at whose ends the memory is looked at. */
export const partsCount = 20;

export type StormOwner = { readonly person: TestPerson; readonly desk: Workstation };

export type Storm = {
  readonly server: Pick<RunningServer, 'url' | 'pin'>;
  readonly owners: readonly StormOwner[];
  readonly strangers: readonly TestPerson[];
  /** Enrolled devices of those who guess. */
  readonly guessers: readonly Workstation[];
  readonly addresses: number;
  readonly attempts: number;
  /** Of those who guess, who has found the card of the owner and sits at the very desk where the owner works: from 0 up to 1. */
  readonly insiderShare: number;
  readonly atOnce: number;
  /** The clock goes from the one to the other while it lasts, evenly. */
  readonly startMs: number;
  readonly lastsMs: number;
  /** The server goes by it on return. */
  readonly setNow: (nowMs: number) => Promise<void> | void;
  /** From 0 up to 1; seeded. */
  readonly chance: () => number;
  readonly onPart?: (part: number) => Promise<void>;
};

export type StormResult = {
  /** Answers to whoever guessed, by name. */
  readonly answers: ReadonlyMap<string, number>;
  readonly ownerTries: number;
  readonly ownersIn: number;
  /** From the first right try of an owner until he was in, by the clock of the server, which stands while he is answered: exact. */
  readonly longestHoldMs: number;
  /** Owners who were held up at one moment, at the most. */
  readonly heldAtOnceMax: number;
};

async function signInOnce(desk: Workstation, person: TestPerson, password: string): Promise<Answer> {
  const body = { ...(await desk.cardProof(person)), password: base64Of(password) };
  return desk.client.call({ method: 'POST', path: '/v1/sign-in', body });
}

/** A kept connection may be closed by the server while a request is on its way: it is tried once more, by a new challenge. */
async function signIn(desk: Workstation, person: TestPerson, password: string): Promise<Answer> {
  try {
    return await signInOnce(desk, person, password);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return signInOnce(desk, person, password);
  }
}

type Turn = { readonly owner: StormOwner; heldSinceMs: number | undefined; nextMs: number };

/** When an owner who was refused tries again: when a busy server told him to, or else by his own watch, so that lateness does not add up. */
function nextTryMs({ headers }: Answer, heldSinceMs: number, nowMs: number): number {
  const told = Number(headers['retry-after'] ?? 0) * 1_000;
  return told > 0 ? nowMs + told : heldSinceMs + retryMs * (1 + Math.floor((nowMs - heldSinceMs) / retryMs));
}

/** Owners who come to work at their times, and again where they are held up. */
function createOwners({ owners, chance, startMs, lastsMs, setNow }: Storm) {
  const turns: Turn[] = owners.map((owner) => ({
    owner,
    heldSinceMs: undefined,
    nextMs: startMs + Math.floor(chance() * lastsMs),
  }));
  const told = { ownerTries: 0, ownersIn: 0, longestHoldMs: 0, heldAtOnceMax: 0 };
  const tryOne = async (turn: Turn, nowMs: number): Promise<void> => {
    told.ownerTries += 1;
    const { desk, person } = turn.owner;
    const answer = await signIn(desk, person, person.password);
    if (answer.status !== 200) {
      turn.heldSinceMs ??= nowMs;
      turn.nextMs = nextTryMs(answer, turn.heldSinceMs, nowMs);
    } else {
      told.ownersIn += 1;
      turn.nextMs = Number.POSITIVE_INFINITY;
      if (turn.heldSinceMs !== undefined) told.longestHoldMs = Math.max(told.longestHoldMs, nowMs - turn.heldSinceMs);
      turn.heldSinceMs = undefined;
    }
    const held = turns.filter(({ heldSinceMs }) => heldSinceMs !== undefined).length;
    told.heldAtOnceMax = Math.max(told.heldAtOnceMax, held);
  };
  let clockMs = startMs;
  const set = async (nowMs: number): Promise<void> => {
    clockMs = Math.max(clockMs, nowMs);
    await setNow(clockMs);
  };
  /** Lets the clock go on to a time; it stands at the moment of every owner until he is answered. */
  const goOn = async (untilMs: number): Promise<void> => {
    for (;;) {
      const next = turns.reduce((one, other) => (other.nextMs < one.nextMs ? other : one));
      if (next.nextMs > untilMs) break;
      await set(next.nextMs);
      await tryOne(next, clockMs);
    }
    await set(untilMs);
  };
  let before = Promise.resolve();
  return {
    told,
    nowMs: () => clockMs,
    /** One after the other, however many ask at once. */
    goOn: (untilMs: number): Promise<void> => (before = before.then(() => goOn(untilMs))),
    areAllIn: () => turns.every(({ nextMs }) => nextMs === Number.POSITIVE_INFINITY),
  };
}

/** A device of a guesser as it calls from each address. */
function createPlaces({ server, guessers, addresses }: Storm) {
  const places = new Map<number, Workstation>();
  return (n: number): Workstation => {
    const known = places.get(n);
    if (known !== undefined) return known;
    const device = guessers[n % guessers.length];
    if (device === undefined) throw new Error('storm: there are devices');
    const place = new Workstation(server);
    place.client = new TestClient(server, device.client.key, `127.${1 + Math.floor(n / 250)}.0.${1 + (n % 250)}`);
    place.client.device = device.client.device;
    places.set(n, place);
    return places.size <= addresses ? place : device;
  };
}

/** Guesses over the real door, from real addresses, while owners come to work; ends when all of them are in. */
export async function runStorm(storm: Storm): Promise<StormResult> {
  const { owners, strangers, attempts, addresses, insiderShare, atOnce, startMs, lastsMs, chance, onPart } = storm;
  const answers = new Map<string, number>();
  const placeOf = createPlaces(storm);
  const { told, goOn, nowMs, areAllIn } = createOwners(storm);
  const clients = new Set<TestClient>();
  const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
  const at = (desk: Workstation): Workstation => {
    clients.add(desk.client);
    desk.client.nowMs = nowMs;
    return desk;
  };
  for (const { desk } of owners) at(desk);
  await goOn(startMs);
  // What a server holds of each connection is there before its memory is looked at.
  for (let n = 0; n < addresses; n += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, addresses - n) }, (_, i) => at(placeOf(n + i)).client);
    await Promise.all(some.map((client) => client.call({ method: 'POST', path: '/v1/sign-in/challenges' })));
  }
  const guess = async (): Promise<void> => {
    const owner = pick(owners);
    const isInsider = chance() < insiderShare;
    const person = chance() < strangerShare ? pick(strangers) : owner.person;
    const place = placeOf(Math.floor(chance() * addresses));
    const answer = codeOf(await signIn(at(isInsider ? owner.desk : place), person, `guess ${chance()}`));
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  for (let part = 0; part < partsCount; part += 1) {
    let next = Math.ceil((part * attempts) / partsCount);
    const end = Math.ceil(((part + 1) * attempts) / partsCount);
    const work = async (): Promise<void> => {
      while (next < end) {
        const i = next++;
        await goOn(startMs + Math.floor((i / attempts) * lastsMs));
        await guess();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    await onPart?.(part);
  }
  // The guesses are over; whoever is held up still waits for his turn.
  const lastMs = nowMs() + 2 * 3_600_000;
  while (!areAllIn() && nowMs() < lastMs) await goOn(nowMs() + retryMs);
  for (const client of clients) client.close();
  return { answers, ...told };
}
