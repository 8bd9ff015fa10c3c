import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullName, must, until } from '../../dev/demo/index.ts';
import type { RightsDraft } from '../../contracts/ipc/index.ts';
import { makeFounded, newcomer, officer, recordOf, type FoundedWorld, type Seat } from './support/officers.ts';

let founded: FoundedWorld;
let a: Seat;

const text = { reason: 'Жаңа міндет', basis: 'Бұйрық № 7' };

beforeAll(async () => {
  const made = await makeFounded([officer]);
  founded = made.founded;
  [a] = made.seats as [Seat];
  await a.start();
}, 180_000);

afterAll(async () => {
  await founded?.close();
});

const employ = (): RightsDraft => ({
  ...{ type: 'access.propose', ...text },
  change: { kind: 'staff', before: null, record: recordOf(founded, newcomer) as never },
});

/** Where an own act stands: its journal says so, and nobody else. */
async function stateOf({ desk }: Seat, actionId: string): Promise<string | undefined> {
  const { items } = must(await desk.listJournal({ before: null, limit: 50, onlyActs: true }));
  return items.find(({ act }) => act?.actionId === actionId)?.act?.state;
}

async function proven(seat: Seat, signed: { readonly actionId: string }): Promise<void> {
  await until(async () => (await stateOf(seat, signed.actionId)) === 'logged');
}

describe('rights at desks on real parts', { timeout: 120_000 }, () => {
  it('an officer proposes a person, and the prompt shows whom', async () => {
    const preview = must(await a.desk.preview(employ()));
    expect(preview.text).toContain(newcomer.iin);
    const signed = must(await a.desk.sign(employ()));
    expect(a.prompt.shown.at(-1)?.text).toBe(preview.text);
    expect(a.prompt.shown.at(-1)?.title.values['name']).toBe(fullName(newcomer).trim());
    await proven(a, signed);
  });
});
