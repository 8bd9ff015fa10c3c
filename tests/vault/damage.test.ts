import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { checkJournal } from '../../native/vault-host/index.ts';
import type { Store } from '../../native/vault-host/journal/store.ts';
import { loadBound } from '../../native/vault-host/vault/open.ts';
import { enrolledVault, passphraseKey, submitCases, utf8, passphrase, type Enrolled } from './vault.ts';
import { startMs } from './platform.ts';

let enrolled: Enrolled | undefined;
afterEach(() => enrolled?.vault.dispose());

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);

/** A journal of three acts, the first of them proven. */
async function filledVault(): Promise<Enrolled> {
  const made = await enrolledVault();
  const { vault, platform, epoch } = made;
  const [one] = await submitCases(vault, 3);
  if (one === undefined) throw new Error('an act');
  const taken = platform.take(one, epoch);
  const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
  await vault.must('entries.append', {
    entry: { kind: 'promise', body: { actionId: one.actionId, document } },
    atMs: startMs + 5,
  });
  await vault.must('entries.append', {
    entry: { kind: 'receipt', body: { actionId: one.actionId, proof: platform.receipt(taken) } },
    atMs: startMs + 6,
  });
  return made;
}

/** What somebody with the data key could do to the rows; each must be found. */
const forgeries: readonly (readonly [string, string])[] = [
  ['an entry taken out', 'delete from entries where sequence = 4'],
  ['the last entry taken out', 'delete from entries where sequence = (select max(sequence) from entries)'],
  ['a body changed', `update entries set body = replace(body, 'kk', 'ru') where sequence = 3`],
  ['a header changed', `update entries set header = replace(header, 'act', 'alarm') where sequence = 3`],
  ['a kind changed', `update entries set kind = 'alarm' where sequence = 3`],
  ['a time changed', 'update entries set at_ms = at_ms + 1 where sequence = 3'],
  [
    'two entries exchanged',
    'update entries set sequence = case sequence when 3 then 104 else 103 end where sequence in (3, 4)',
  ],
  ['an act taken out of the view', 'delete from acts where sequence = 1'],
  [
    'an act said to be proven',
    `insert into acts select 2, action_id, 4, hash, type, case_id, case_number, iin, certificate, recorded_at_ms, 'logged', 1, null, commitment, 1, 1, 1, 9, 6, 7, 'log' from acts`,
  ],
  ['a proof forgotten', `update acts set state = 'recorded', is_done = 0 where sequence = 1`],
  ['witnesses that never vouched', `update acts set level = 'external' where sequence = 1`],
  ['another actor', `update acts set iin = '900101300000' where sequence = 1`],
  ['a version of slots changed', `update meta set value = '0' where name = 'slots-version'`],
];

describe('a journal that was changed from inside', () => {
  it.each(forgeries)('is found at opening: %s', async (_what, sql) => {
    enrolled = await filledVault();
    const { vault, slotId } = enrolled;
    vault.vault.withOpen((opened) => ({ ok: true, value: opened.store.run(sql) }));
    await vault.must('vault.close', null);
    expect(await vault.code('vault.open', passphraseKey(slotId))).toBe('journal-damaged');
  });

  it('is whole before any of that', async () => {
    enrolled = await filledVault();
    let store: Store | undefined;
    enrolled.vault.vault.withOpen((opened) => ({ ok: true, value: (store = opened.store) }));
    if (store === undefined) throw new Error('an open vault');
    expect(loadBound(store).ok).toBe(true);
  });
});

describe('journal.db', () => {
  it(
    'is found to be damaged after any flipped bit: at opening, or by the check where no table needs the page',
    { timeout: 60_000 },
    async () => {
      enrolled = await filledVault();
      const { vault, slotId } = enrolled;
      await submitCases(vault, 20, 11);
      await vault.must('vault.close', null);
      const file = join(vault.directory, 'journal.db');
      const whole = readFileSync(file);
      const flip = fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        writeFileSync(file, flipped);
        const opened = await vault.code('vault.open', passphraseKey(slotId));
        const code = opened === 'done' ? await vault.code('journal.check', null) : opened;
        await vault.must('vault.close', null);
        expect(code).toBe('journal-damaged');
      });
      process.stdout.write(`flipped bits of journal.db: seed ${seed}\n`);
      await fc.assert(flip, { seed, numRuns: 150 });
      writeFileSync(file, whole);
      expect(await vault.must('vault.open', passphraseKey(slotId))).toMatchObject({ acts: 23 });
    },
  );
});

describe('checking a journal from outside', () => {
  const key = (slotId: string, text = passphrase) => ({ kind: 'passphrase', slotId, passphrase: utf8(text) }) as const;

  it('leaves the files as they are, reads the WAL too, and tells what it found', async () => {
    enrolled = await filledVault();
    const { vault, platform, slotId } = enrolled;
    const file = join(vault.directory, 'journal.db');
    const before = readFileSync(file);
    // Not closed: as after a crash, the last entries stand in the WAL.
    const report = await checkJournal({ file, key: async () => key(slotId) });
    expect(report).toMatchObject({
      ok: true,
      value: { entries: 7, acts: 3, device: platform.device, quarantine: null },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('names a wrong passphrase, a missing file and a missing slot', async () => {
    enrolled = await filledVault();
    const { vault, slotId } = enrolled;
    const file = join(vault.directory, 'journal.db');
    const code = async (answer: Awaited<ReturnType<typeof checkJournal>>) => (answer.ok ? 'done' : answer.refusal.code);
    expect(await code(await checkJournal({ file, key: async () => key(slotId, 'wrong') }))).toBe('slot-key-wrong');
    expect(await code(await checkJournal({ file, key: async () => undefined }))).toBe('slot-absent');
    expect(await code(await checkJournal({ file: `${file}.none`, key: async () => key(slotId) }))).toBe('vault-absent');
    rmSync(join(vault.directory, 'journal.slots'));
    expect(await code(await checkJournal({ file, key: async () => key(slotId) }))).toBe('slots-malformed');
  });
});

describe('any order of work', () => {
  const steps = {
    submit: async ({ vault }: Enrolled, n: number) => void (await submitCases(vault, 1, n)),
    repeat: async ({ vault }: Enrolled, n: number) => {
      const last = (await vault.must('acts.list', { before: null, limit: 1 })).items[0];
      if (last === undefined) return;
      const { envelope, cms } = await vault.must('acts.get', { actionId: last.actionId });
      await vault.must('acts.append', { envelope, cms, atMs: startMs + n });
    },
    reopen: async ({ vault, slotId }: Enrolled) => {
      await vault.must('vault.close', null);
      await vault.must('vault.open', passphraseKey(slotId));
    },
    rotate: async ({ vault }: Enrolled, n: number) => void (await vault.must('slots.rotate', { nowMs: startMs + n })),
    prove: async ({ vault, platform, epoch }: Enrolled, n: number) => {
      for (const act of (await vault.must('outbox.next', { limit: 1 })).toSend) {
        const body = { actionId: act.actionId, proof: platform.receipt(platform.take(act, epoch)) };
        await vault.must('entries.append', { entry: { kind: 'receipt', body }, atMs: startMs + n });
      }
    },
    turnAway: async ({ vault }: Enrolled, n: number) => {
      for (const { actionId } of (await vault.must('outbox.next', { limit: 1 })).toSend) {
        await vault.must('entries.append', {
          entry: { kind: 'outcome', body: { actionId, refusal: 'server-busy' } },
          atMs: startMs + n,
        });
      }
    },
    add: async ({ vault }: Enrolled, n: number) => {
      await vault.must('slots.add', {
        slot: { kind: 'passphrase', label: 'X', passphrase: utf8('x') },
        nowMs: startMs + n,
      });
    },
    remove: async ({ vault, slotId }: Enrolled, n: number) => {
      const other = (await vault.must('vault.status', null)).slots.find(({ id }) => id !== slotId);
      if (other !== undefined) await vault.must('slots.remove', { slotId: other.id, nowMs: startMs + n });
    },
    alarm: async ({ vault }: Enrolled, n: number) => {
      const last = (await vault.must('acts.list', { before: null, limit: 1 })).items[0];
      const body = { code: 'clock-drift', ...(last === undefined ? {} : { actionId: last.actionId }) };
      await vault.must('entries.append', { entry: { kind: 'alarm', body }, atMs: startMs + n });
    },
  };
  const step = fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[]));

  it('leaves a journal whose chains, views and signatures agree', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (order) => {
      const made = await enrolledVault();
      const { vault, slotId } = made;
      try {
        for (const [i, name] of order.entries()) await steps[name](made, i + 1);
        const { acts, entries } = await vault.must('heads', null);
        const report = { acts: acts.sequence, entries: entries.sequence };
        expect(await vault.must('journal.check', null)).toMatchObject({ ...report, head: entries });
        await vault.must('vault.close', null);
        expect(await vault.must('vault.open', passphraseKey(slotId))).toMatchObject(report);
      } finally {
        vault.dispose();
      }
    });
    process.stdout.write(`orders of work: seed ${seed}\n`);
    await fc.assert(property, { seed, numRuns: 40 });
  });
});
