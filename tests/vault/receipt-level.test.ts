import { afterEach, expect, test } from 'vitest';
import { ok } from '../../core/kernel/index.ts';
import { readReceipt } from '../../native/vault-host/verbs/proofs.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled } from './vault.ts';
import { newKey, startMs, TestPlatform } from './platform.ts';
import { TestWitness } from './witness.ts';
import { formatNoteKey, noteKey, noteKeyTypes } from '../../core/log/index.ts';
import { sha256 } from '../../native/vault-host/hash.ts';

const [bank, regulator] = [new TestWitness('bank.example/w'), new TestWitness('regulator.example/w', 'ml-dsa-44')];
const stranger = new TestWitness('bank.example/w');

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

/** A vault that pins both witnesses and wants both, with an act that the log holds. */
async function loggedAct() {
  const platform = new TestPlatform();
  platform.witnesses = { threshold: 2, keys: [bank.text, regulator.text] };
  enrolled = await enrolledVault({}, platform);
  const [act] = await submitCases(enrolled.vault, 1);
  if (act === undefined) throw new Error('an act');
  const taken = platform.take(act, enrolled.epoch);
  const { actionId } = act;
  const give = (proof: string) =>
    enrolled.vault.call('entries.append', {
      entry: { kind: 'receipt', body: { actionId, proof } },
      atMs: startMs + 10,
    });
  return { act, actionId, platform, taken, give, receipt: platform.receipt(taken) };
}

type Logged = Awaited<ReturnType<typeof loggedAct>>;

const detail = ({ actionId }: Logged) => enrolled.vault.must('acts.get', { actionId });
const unwitnessed = async (after = 0) =>
  (await enrolled.vault.must('receipts.unwitnessed', { after, limit: 8 })).items.map(({ sequence }) => sequence);
const codeOf = async (given: ReturnType<Logged['give']>): Promise<string> => {
  const answer = await given;
  return answer.ok ? 'done' : `${answer.refusal.code} ${String(answer.refusal.details?.['why'])}`;
};

async function reopen(): Promise<void> {
  await enrolled.vault.must('vault.close', null);
  await enrolled.vault.must('vault.open', passphraseKey(enrolled.slotId));
}

test('a receipt of the log alone is replaced by one that all pinned witnesses cosigned, and never by less again', async () => {
  const logged = await loggedAct();
  expect(await unwitnessed()).toEqual([]);
  await logged.give(logged.receipt);
  expect((await detail(logged)).act.attestation).toEqual({ level: 'log', isExternalAwaited: true });
  expect(await unwitnessed()).toEqual([1]);
  expect(await unwitnessed(1)).toEqual([]);
  const half = bank.cosign(logged.receipt);
  await logged.give(half);
  expect((await detail(logged)).receipt).toBe(logged.receipt);
  const whole = regulator.cosign(half);
  await logged.give(whole);
  await logged.give(logged.receipt);
  await logged.give(half);
  for (const again of [false, true]) {
    if (again) await reopen();
    const { act, receipt, cosigners } = await detail(logged);
    expect([act.attestation, receipt === whole]).toEqual([{ level: 'external', isExternalAwaited: false }, true]);
    expect(cosigners.map(({ name, isOutside }) => [name, isOutside])).toEqual([
      ['bank.example/w', true],
      ['regulator.example/w', true],
    ]);
    expect(await unwitnessed()).toEqual([]);
  }
  const { items } = await enrolled.vault.must('entries.list', { before: null, limit: 9, kinds: ['receipt'] });
  expect(items.map(({ body }) => (JSON.parse(body) as { level: string }).level)).toEqual(['external', 'log']);
  expect(await enrolled.vault.must('journal.check', null)).toMatchObject({ acts: 1 });
});

test('a cosignature by a foreign key gives no level, and a false one in the name of a witness is refused', async () => {
  const logged = await loggedAct();
  await logged.give(logged.receipt);
  expect(await codeOf(logged.give(regulator.cosign(stranger.cosign(logged.receipt))))).toBe('done');
  expect((await detail(logged)).act.attestation?.level).toBe('log');
  const forged = regulator.cosign(bank.cosign(logged.receipt)).replace(/.{4}\n$/u, 'AAA=\n');
  expect(await codeOf(logged.give(forged))).toBe('receipt-invalid receipt-cosignature-wrong');
  expect((await detail(logged)).receipt).toBe(logged.receipt);
});

test('a later receipt of another place, or of another commitment, replaces nothing however many vouch for it', async () => {
  const logged = await loggedAct();
  const { platform, act, actionId } = logged;
  const document = { document: logged.taken.promise.document, signatures: [...logged.taken.promise.signatures] };
  const promise = { kind: 'promise', body: { actionId, document } } as const;
  await enrolled.vault.must('entries.append', { entry: promise, atMs: startMs + 5 });
  await logged.give(logged.receipt);
  const before = await enrolled.vault.must('heads', null);
  const cosigned = (receipt: string) => regulator.cosign(bank.cosign(receipt));
  // The same act once more, with an opening of its own: another leaf.
  const twice = platform.take(act, enrolled.epoch);
  expect(await codeOf(logged.give(cosigned(platform.receipt(twice))))).toBe('receipt-invalid receipt-other-leaf');
  // The very leaf once more.
  const repeated = platform.repeat(logged.taken);
  expect(await codeOf(logged.give(cosigned(platform.receipt(repeated))))).toBe('receipt-invalid receipt-other-leaf');
  // Another tree of the same log, with another leaf in the same place.
  const rewritten = platform.fork();
  const moved = rewritten.take(act, enrolled.epoch);
  expect(moved.index).toBe(logged.taken.index);
  expect(await codeOf(logged.give(cosigned(rewritten.receipt(moved))))).toBe('receipt-invalid receipt-other-leaf');
  expect((await enrolled.vault.must('heads', null)).entries).toEqual(before.entries);
  expect((await detail(logged)).receipt).toBe(logged.receipt);
});

test('a receipt that was kept before anybody looked for witnesses is one of the log alone, and is asked for again', async () => {
  const logged = await loggedAct();
  const whole = regulator.cosign(bank.cosign(logged.receipt));
  const { envelope, cms, answer, actionId } = logged.act;
  const kept = enrolled.vault.vault.withBound(({ enrolment, journal }) => {
    const facts = { actionId, sequence: 1, hash: answer.hash, envelope, cms };
    const read = readReceipt(enrolment, facts, whole);
    if (!read.ok) return read;
    const { level, ...body } = read.value.body;
    journal.append([{ entry: { kind: 'receipt', body } }], startMs + 10);
    return ok(level);
  });
  expect(kept).toEqual(ok('external'));
  expect((await detail(logged)).act.attestation).toEqual({ level: 'log', isExternalAwaited: true });
  // As the version before wrote the file.
  enrolled.vault.vault.withOpen(({ store }) => {
    store.write(() =>
      [
        'drop index case_changes_by',
        'drop table policies',
        'drop table told_signatures',
        'create table told_signatures (position integer primary key, action_id text not null unique, envelope text not null, cms text not null) strict',
        'alter table acts drop column level',
        'pragma user_version = 3',
      ].forEach((sql) => store.run(sql)),
    );
    return ok(null);
  });
  await reopen();
  expect(await unwitnessed()).toEqual([1]);
  await logged.give(whole);
  expect((await detail(logged)).act.attestation?.level).toBe('external');
  expect(await enrolled.vault.must('journal.check', null)).toMatchObject({ acts: 1 });
});

test('a journal that says of a receipt more than its lines prove is found to be damaged', async () => {
  const logged = await loggedAct();
  const { envelope, cms, answer, actionId } = logged.act;
  enrolled.vault.vault.withBound(({ enrolment, journal }) => {
    const read = readReceipt(enrolment, { actionId, sequence: 1, hash: answer.hash, envelope, cms }, logged.receipt);
    if (!read.ok) return read;
    journal.append([{ entry: { kind: 'receipt', body: { ...read.value.body, level: 'external' } } }], startMs + 10);
    return ok(null);
  });
  expect(await enrolled.vault.call('journal.check', null)).toMatchObject({
    ok: false,
    refusal: { code: 'journal-damaged', details: { where: 'receipt-invalid' } },
  });
});

test('a bundle that pins the log as its own witness binds no vault', async () => {
  const platform = new TestPlatform();
  const { publicKey } = platform.logKey;
  const key = noteKey(sha256, { name: 'bank.example/w', publicKey, type: noteKeyTypes.cosignature });
  platform.witnesses = { threshold: 1, keys: [formatNoteKey(key)] };
  await expect(enrolledVault({}, platform)).rejects.toThrow('bundle-malformed');
});

test.each([
  ['a key that is none of a cosigner', (log: string) => ({ threshold: 1, keys: [log] })],
  ['a text that is no key', () => ({ threshold: 1, keys: ['bank'] })],
  ['one key twice', () => ({ threshold: 2, keys: [bank.text, bank.text] })],
  ['fewer keys than it wants', () => ({ threshold: 3, keys: [bank.text, regulator.text] })],
])('a bundle that pins %s binds no vault', async (_what, witnesses) => {
  const platform = new TestPlatform();
  const { publicKey } = newKey();
  platform.witnesses = witnesses(formatNoteKey(noteKey(sha256, { name: platform.origin, publicKey })));
  await expect(enrolledVault({}, platform)).rejects.toThrow('bundle-malformed');
});
