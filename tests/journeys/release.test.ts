import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf, freePort, makeCases, member, must, until } from '../../dev/demo/index.ts';
import { importCases } from '../../main/engine/index.ts';
import type { RightsDraft, ScreenOutput } from '../../contracts/ipc/index.ts';
import { openCuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { colleague, makeFounded, officer, type FoundedWorld, type Seat } from './support/officers.ts';

const registrar = member('registrar');
const reviewer = member('reviewer');
const [form] = makeCases({ seed: 9, nowMs: Date.now(), count: 1 });
const number = form?.number ?? '';
const text = { reason: 'Signed before the card was lost', basis: 'Report 12' };

let founded: FoundedWorld;
let line: CuttingProxy;
let a: Seat;
let b: Seat;
/** Of the registrar, and of the reviewer who waits for what he submits. */
let own: Seat;
let queue: Seat;
let waiting = '';

beforeAll(async () => {
  const port = await freePort();
  line = await openCuttingProxy({ port });
  const made = await makeFounded([officer, colleague, registrar, reviewer], {
    line: { url: `https://127.0.0.1:${line.port}`, port },
  });
  founded = made.founded;
  [a, b, own, queue] = made.seats as [Seat, Seat, Seat, Seat];
  for (const seat of [a, b, own, queue]) await seat.start();
}, 180_000);

afterAll(async () => {
  await founded?.close();
  await line?.close();
});

async function casesAt({ desk }: Seat) {
  const query = { view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: 10 } as const;
  return must(await desk.listCases({ ...query, statuses: [] })).items;
}

async function stateOf({ desk }: Seat, actionId: string): Promise<string | undefined> {
  const { items } = must(await desk.listJournal({ before: null, limit: 50, onlyActs: true }));
  return items.find(({ act }) => act?.actionId === actionId)?.act?.state;
}

/** Signs, and waits until the own journal holds the verified receipt. */
async function signed(seat: Seat, draft: RightsDraft): Promise<void> {
  const { actionId } = must(await seat.desk.sign(draft));
  await until(async () => (await stateOf(seat, actionId)) === 'logged');
}

const blockedActs = async ({ desk }: Seat): Promise<ScreenOutput<'people.blockedActs'>> =>
  must(await desk.listBlockedActs({ iin: registrar.iin }));

/** The registrar's desk is opened by a colleague whose card opens this journal too. */
async function openOwnBy(who: typeof reviewer): Promise<void> {
  own.prompt.type(who);
  must(await own.desk.startShift(await certificateOf(own.desk, who)));
  await until(() => own.desk.app().status.server.state === 'connected');
}

const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2_000));

describe('what a blocked person signed without a network', { timeout: 120_000 }, () => {
  it('is refused when it comes after the block, and both officers read it, with the number of the registration', async () => {
    own.prompt.type({ ...reviewer, phrase: reviewer.recognitionPhrase });
    must(await own.desk.addPerson(await certificateOf(own.desk, reviewer)));
    own.prompt.type(registrar);
    line.cutNext(Number.MAX_SAFE_INTEGER, () => 0);
    const id = own.desk.platform;
    if (id === undefined || form === undefined) throw new Error('a shift and a form');
    must(
      await importCases({ submit: (one) => own.desk.sign(one), platform: id, cases: [form], onStep: () => undefined }),
    );
    expect(own.desk.app().status.outbox.waiting).toBe(1);
    must(await own.desk.endShift());
    line.cutNext(0, () => Number.POSITIVE_INFINITY);
    for (const { desk } of [a, b, queue]) {
      desk.syncNow();
      await until(() => desk.app().status.server.state === 'connected', 60_000);
    }
    expect(await blockedActs(a)).toEqual({ items: [], propose: null });
    await signed(b, { type: 'access.block', iin: registrar.iin, ...text });
    await openOwnBy(reviewer);
    await until(() => own.desk.app().status.outbox.waiting === 0);
    const { items } = must(await own.desk.listJournal({ before: null, limit: 10, onlyActs: true }));
    expect(items.map(({ act }) => act?.refusal?.code)).toEqual(['actor-blocked']);
    for (const seat of [a, b]) {
      await until(async () => (await blockedActs(seat)).items.length === 1);
      const [act] = (await blockedActs(seat)).items;
      expect(act).toMatchObject({ type: 'registration.submit', sequence: 1, told: { number, released: null } });
    }
    expect(await casesAt(queue)).toEqual([]);
  });

  it('is let in by nobody alone: the author of the release is not its second person, and without one nothing comes of it', async () => {
    const [act] = (await blockedActs(a)).items;
    const hash = act?.hash ?? '';
    const draft: RightsDraft = {
      ...{ type: 'access.propose', ...text },
      change: { kind: 'release', iin: registrar.iin, acts: [hash] },
    };
    const preview = must(await a.desk.preview(draft));
    for (const part of [hash, registrar.iin, act?.device ?? '', text.basis]) expect(preview.text).toContain(part);
    await signed(a, draft);
    expect(a.prompt.shown.at(-1)?.text).toBe(preview.text);
    const forMe = async () => must(await b.desk.listChanges({ view: 'for-me', offset: 0, limit: 5 })).items;
    await until(async () => (await forMe()).length === 1);
    const [change] = await forMe();
    waiting = change?.caseId ?? '';
    expect(change).toMatchObject({ kind: 'release', what: 'released', author: { iin: officer.iin } });
    const alone = await a.desk.sign({ type: 'access.confirm', caseId: waiting });
    expect(alone.ok ? 'done' : alone.refusal.code).toBe('change-own-proposal');
    await aWhile();
    expect(await casesAt(queue)).toEqual([]);
    expect((await blockedActs(b)).items[0]?.told.released).toBeNull();
  });

  it('is a registration at the desk of the reviewer once the second officer has signed, and the block stands', async () => {
    const view = must(await b.desk.readChange(waiting));
    expect(view.acts).toMatchObject([{ type: 'registration.submit', told: { number, released: null } }]);
    await signed(b, { type: 'access.confirm', caseId: waiting });
    for (const seat of [queue, own]) {
      await until(async () => (await casesAt(seat)).length === 1);
      const [found] = await casesAt(seat);
      expect(found).toMatchObject({ number, status: 'submitted' });
      const { history } = must(await seat.desk.readCase(found?.id ?? ''));
      expect(history).toMatchObject([{ type: 'registration.submit', byIin: registrar.iin, state: 'accepted' }]);
      expect(history[0]?.logIndex).not.toBeNull();
    }
    // What the log said first stays said: the journal holds the refusal, with its own place.
    const { items } = must(await own.desk.listJournal({ before: null, limit: 10, onlyActs: true }));
    expect(items.map(({ act }) => [act?.state, act?.refusal?.code])).toEqual([['refused', 'actor-blocked']]);
    must(await own.desk.checkJournal());
    const released = async (seat: Seat) => {
      const read = await seat.desk.listBlockedActs({ iin: registrar.iin });
      return read.ok ? read.value.items[0]?.told.released?.outcome : read.refusal.code;
    };
    for (const seat of [a, b]) await until(async () => (await released(seat)) === 'accepted');
    expect(must(await a.desk.readPerson(registrar.iin)).block).not.toBeNull();
    must(await own.desk.endShift());
    own.prompt.type(registrar);
    expect((await own.desk.startShift(await certificateOf(own.desk, registrar))).ok).toBe(false);
    for (const { desk } of [a, b, queue, own]) expect(desk.app().status.alarms).toEqual([]);
  });

  it('is decided by the reviewer like any other', async () => {
    const [found] = await casesAt(queue);
    const { actionId } = must(await queue.desk.sign({ type: 'registration.claim', caseId: found?.id ?? '' }));
    await until(async () => (await stateOf(queue, actionId)) === 'logged');
    expect((await casesAt(queue))[0]?.status).toBe('claimed');
  });
});
