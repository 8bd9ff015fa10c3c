import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must, until } from '../../dev/demo/index.ts';
import type { RightsDraft } from '../../contracts/ipc/index.ts';
import type { Result } from '../../core/kernel/index.ts';
import { codeAt } from '../server/support/authenticator.ts';
import { makeFounded, manager, officer, type FoundedWorld, type Seat } from './support/officers.ts';

let founded: FoundedWorld;
let a: Seat;
let m: Seat;

/** A desk is told at its next contact. */
const contactMs = 40_000;
const opener = { iin: '900101300017', name: 'Төтенше Қызметкер', reason: 'Барлық карта жоғалды' };
const why = { reason: 'Ашқан адаммен сөйлестік', basis: 'Есеп № 3' };

beforeAll(async () => {
  const made = await makeFounded([officer, manager]);
  founded = made.founded;
  [a, m] = made.seats as [Seat, Seat];
  for (const seat of [a, m]) await seat.start();
}, 180_000);

afterAll(async () => {
  await founded?.close();
});

const codeOf = (answer: Result<unknown>): string => (answer.ok ? 'done' : answer.refusal.code);
const told = ({ desk }: Seat): number => desk.app().status.emergencies;
const alarmsAt = async ({ desk }: Seat) => must(await desk.listAlarms()).items;

async function leafAt(seat: Seat): Promise<string> {
  return (await alarmsAt(seat))[0]?.leaf ?? '';
}

describe('the alarm of the emergency account at desks on real parts', { timeout: 120_000 }, () => {
  it('stands in the status line of both, with who opened the account and why', async () => {
    const { administration } = founded.world.server;
    expect([told(a), await alarmsAt(a)]).toEqual([0, []]);
    const { sheets, otpauth } = must(await administration.sealBreakGlass(opener));
    const code = codeAt(otpauth, Date.now());
    must(await administration.openBreakGlass({ ...opener, sheets, code, end: undefined }));
    for (const seat of [a, m]) await until(() => told(seat) === 1, contactMs);
    const { iin, name, reason } = opener;
    expect(await alarmsAt(a)).toMatchObject([
      { opener: { iin, name }, reason, end: null, waiting: null, propose: null },
    ]);
    // A manager confirms, and proposes nothing.
    expect(await alarmsAt(m)).toMatchObject([{ propose: { code: 'role-missing' } }]);
  });

  it('is closed by one who proposes and another who confirms, each by his card, and is gone at both desks', async () => {
    const draft: RightsDraft = {
      ...{ type: 'access.propose', ...why },
      change: { kind: 'alarm', leaf: await leafAt(a) },
    };
    must(await a.desk.sign(draft));
    for (const part of [opener.name, opener.iin, opener.reason, why.reason])
      expect(a.prompt.shown.at(-1)?.text).toContain(part);
    const forMe = async () => must(await m.desk.listChanges({ view: 'for-me', offset: 0, limit: 5 })).items;
    await until(async () => (await forMe()).length === 1);
    const [change] = await forMe();
    expect(change).toMatchObject({ kind: 'alarm', what: 'closed', subject: opener.name });
    const caseId = change?.caseId ?? '';
    expect(await alarmsAt(m)).toMatchObject([{ waiting: caseId, end: null }]);
    expect(codeOf(await a.desk.sign({ type: 'access.confirm', caseId }))).toBe('change-own-proposal');
    expect(must(await m.desk.readChange(caseId)).opening).toMatchObject({ reason: opener.reason });
    must(await m.desk.sign({ type: 'access.confirm', caseId }));
    await until(async () => (await alarmsAt(a))[0]?.end !== null);
    expect(await alarmsAt(a)).toMatchObject([{ end: { by: { iin: manager.iin } } }]);
    for (const seat of [a, m]) await until(() => told(seat) === 0, contactMs);
    expect(codeOf(await a.desk.sign(draft))).toBe('alarm-closed-already');
  });
});
