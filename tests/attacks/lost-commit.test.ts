import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Iin } from '../../core/kernel/index.ts';
import {
  grantByCards,
  grantOf,
  newChange,
  registryOf,
  startFounded,
  text,
  tokenOf,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';

let platform: FoundedPlatform;
let token: string;

beforeAll(async () => {
  platform = await startFounded();
  token = await tokenOf(platform.desk, platform.officer);
}, 120_000);

afterEach(() => void vi.restoreAllMocks());

afterAll(async () => {
  await platform.remove();
});

function sqlOf([first]: readonly unknown[]): string {
  if (typeof first === 'string') return first;
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : '';
}

/** The next commit of acts ends so: done, with its answer lost on the way, or never done. What the log commits beside it goes on. */
function loseNext(how: 'answer' | 'commit'): void {
  const real = Reflect.get(pg.Client.prototype, 'query') as (...words: unknown[]) => Promise<unknown>;
  const withActs = new WeakSet<pg.Client>();
  let isLost = false;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function query(this: pg.Client, ...words: unknown[]) {
    const sql = sqlOf(words);
    if (sql.startsWith('insert into act ')) withActs.add(this);
    if (isLost || sql !== 'commit' || !withActs.has(this)) return real.apply(this, words);
    isLost = true;
    const sent = real.call(this, how === 'answer' ? 'commit' : 'rollback');
    return sent.then(() => Promise.reject(new Error('the line broke'))) as never;
  } as never);
}

async function employed(n: number): Promise<TestPerson> {
  const person = issuePerson({ ca: platform.ca, n, name: 'Жаңа Қызметкер', roles: ['reviewer'] });
  expect(await grantByCards(platform, grantOf(person))).toBe('accepted');
  return person;
}

const blockOf = async (iin: Iin): Promise<string | undefined> =>
  (await registryOf(platform.desk, token)).people.find(({ record }) => record.iin === iin)?.block?.by;

test.each([
  ['whose answer was lost counts from the next act on', 'answer', 41],
  ['that was never done changes no right', 'commit', 42],
] as const)('a commit %s', async (_what, how, n) => {
  const { desk, officer, colleague } = platform;
  const person = await employed(n);
  const { iin, name } = person;
  const item = desk.act(officer, newChange(), 'access.block', { iin, name, ...text });
  loseNext(how);
  const [lost] = await desk.outcomes([item]).catch(() => ['no answer']);
  expect(lost).not.toBe('accepted');
  vi.restoreAllMocks();
  // Whatever comes next is decided by what the database holds.
  const other = desk.act(colleague, newChange(), 'access.block', { iin, name, ...text });
  if (how === 'answer') {
    expect(await desk.outcomes([other])).toEqual(['refused:person-blocked-already']);
    expect(await blockOf(iin)).toBe(officer.iin);
  } else {
    expect(await blockOf(iin)).toBeUndefined();
    expect(await desk.outcomes([item, other])).toEqual(['accepted', 'refused:person-blocked-already']);
  }
});
