import { afterEach, describe, expect, it } from 'vitest';
import { caseHashStart } from '../../core/signing/index.ts';
import { actOf, formOf, newCaseId } from './acts.ts';
import { enrolledVault, nextSubmission, passphraseKey, submitCases, type Enrolled } from './vault.ts';
import { startMs, TestPlatform } from './platform.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

async function wish(changes: Readonly<Record<string, unknown>>) {
  const next = await enrolled.vault.must('acts.next', { nowMs: startMs });
  const act = actOf({
    next,
    type: 'registration.submit',
    payload: { form: formOf(1) },
    caseId: newCaseId(),
    revision: 0,
    hash: caseHashStart,
    atMs: startMs,
    changes,
  });
  return enrolled.vault.code('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs });
}

describe('recording an act', () => {
  it('refuses what is of another platform, profile, log, device or epoch', async () => {
    enrolled = await enrolledVault();
    const other = '00000000-0000-4000-8000-000000000000';
    for (const changes of [
      { platform: 'other' },
      { profile: 'production' },
      { log: 'qorgan.other' },
      { device: other },
      { epoch: other },
    ]) {
      expect(await wish(changes)).toBe('act-foreign');
    }
  });

  it('refuses what does not follow the last act', async () => {
    enrolled = await enrolledVault();
    await submitCases(enrolled.vault, 2);
    expect(await wish({ sequence: 2 })).toBe('act-out-of-order');
    expect(await wish({ sequence: 4 })).toBe('act-out-of-order');
    expect(await wish({ previous: 'e'.repeat(64) })).toBe('act-out-of-order');
    expect(await wish({})).toBe('done');
  });

  it('refuses texts that are no envelope', async () => {
    enrolled = await enrolledVault();
    const { envelope, cms } = await nextSubmission(enrolled.vault, 1);
    for (const text of [
      '',
      '{}',
      `${envelope} `,
      envelope.replace('"schema":1', '"schema":2'),
      envelope.replace('"client"', '"extra":1,"client"'),
    ]) {
      expect(await enrolled.vault.code('acts.append', { envelope: text, cms, atMs: startMs })).toBe(
        'envelope-malformed',
      );
    }
    expect(await wish({ payload: {} })).toBe('envelope-malformed');
  });

  it('refuses a clock that stands before the last entry, and forgives one second', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    await vault.must('entries.append', {
      entry: { kind: 'alarm', body: { code: 'clock-drift' } },
      atMs: startMs + 60_000,
    });
    expect(await vault.code('acts.next', { nowMs: startMs + 58_000 })).toBe('clock-earlier-than-journal');
    const act = await nextSubmission(vault, 1, startMs + 59_500);
    expect(await vault.code('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs })).toBe(
      'clock-earlier-than-journal',
    );
    expect(await vault.code('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs + 59_500 })).toBe(
      'done',
    );
  });

  it('lists acts and entries from the newest, by pages and kinds', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    await submitCases(vault, 7);
    const first = await vault.must('acts.list', { before: null, limit: 3 });
    expect(first.items.map(({ sequence }) => sequence)).toEqual([7, 6, 5]);
    expect((await vault.must('acts.list', { before: 5, limit: 9 })).items.map(({ sequence }) => sequence)).toEqual([
      4, 3, 2, 1,
    ]);
    expect(first.total).toBe(7);
    const kinds = await vault.must('entries.list', { before: null, limit: 2, kinds: ['enrolled', 'checkpoint'] });
    expect(kinds.items.map(({ kind }) => kind)).toEqual(['checkpoint', 'enrolled']);
    expect(kinds.total).toBe(2);
  });

  it('keeps phrase and preferences of each person', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    await vault.must('identity.set', { iin: formOf(1).person.iin, recognitionPhrase: 'көк бөрі', preferences: null });
    await vault.must('identity.set', {
      iin: formOf(1).person.iin,
      recognitionPhrase: null,
      preferences: '{"locale":"kk"}',
    });
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await vault.must('identity.get', { iin: formOf(1).person.iin })).toEqual({
      recognitionPhrase: 'көк бөрі',
      preferences: '{"locale":"kk"}',
    });
  });
});

describe('promises and receipts', () => {
  it('of another act, another key or another device are refused, and nothing is written', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const [one, two] = await submitCases(vault, 2);
    if (one === undefined || two === undefined) throw new Error('two acts');
    const takenOne = platform.take(one, epoch);
    const takenTwo = platform.take(two, epoch);
    const stranger = new TestPlatform();
    const strange = stranger.take(one, epoch);
    const document = (taken: typeof takenOne) => ({
      document: taken.promise.document,
      signatures: [...taken.promise.signatures],
    });
    const promise = (taken: typeof takenOne) =>
      vault.code('entries.append', {
        entry: { kind: 'promise', body: { actionId: one.actionId, document: document(taken) } },
        atMs: startMs + 5,
      });
    const receipt = (proof: string) =>
      vault.code('entries.append', {
        entry: { kind: 'receipt', body: { actionId: one.actionId, proof } },
        atMs: startMs + 5,
      });
    expect(await promise(takenTwo)).toBe('promise-invalid');
    expect(await promise(strange)).toBe('document-signature-invalid');
    expect(await receipt(platform.receipt(takenTwo))).toBe('receipt-invalid');
    expect(await receipt(stranger.receipt(strange))).toBe('receipt-invalid');
    expect(await receipt(platform.receipt(takenOne).replace('index 0', 'index 1'))).toBe('receipt-invalid');
    expect((await vault.must('heads', null)).entries.sequence).toBe(4);
    expect(await receipt(platform.receipt(takenOne))).toBe('done');
  });

  it('show what the log made of an act, and raise an alarm where it is not what was promised', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const [one] = await submitCases(vault, 1);
    if (one === undefined) throw new Error('one act');
    const promised = platform.take(one, epoch);
    const document = { document: promised.promise.document, signatures: [...promised.promise.signatures] };
    await vault.must('entries.append', {
      entry: { kind: 'promise', body: { actionId: one.actionId, document } },
      atMs: startMs + 5,
    });
    const logged = platform.take(one, epoch, 'refused:case-closed');
    const { act } = await vault.must('entries.append', {
      entry: { kind: 'receipt', body: { actionId: one.actionId, proof: platform.receipt(logged) } },
      atMs: startMs + 6,
    });
    expect(act).toMatchObject({ state: 'refused', refusal: 'case-closed', isDone: true });
    const [alarm] = (await vault.must('entries.list', { before: null, limit: 1, kinds: ['alarm'] })).items;
    expect(JSON.parse(alarm?.body ?? '{}')).toMatchObject({ code: 'promise-broken', actionId: one.actionId });
    expect(await vault.must('journal.check', null)).toMatchObject({ acts: 1 });
  });

  it('let an overdue promise be noted once it is due, and nothing of a quarantine be forged', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const acts = await submitCases(vault, 2);
    const [one, two] = acts;
    if (one === undefined || two === undefined) throw new Error('two acts');
    const taken = platform.take(one, epoch);
    const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
    await vault.must('entries.append', {
      entry: { kind: 'promise', body: { actionId: one.actionId, document } },
      atMs: startMs + 5,
    });
    const overdue = { kind: 'alarm', body: { code: 'promise-overdue', actionId: one.actionId } } as const;
    expect(await vault.code('entries.append', { entry: overdue, atMs: startMs + 1_000 })).toBe('entry-malformed');
    expect((await vault.must('entries.append', { entry: overdue, atMs: startMs + 3_000 })).act).toMatchObject({
      state: 'overdue',
    });
    expect(
      await vault.code('entries.append', {
        entry: { kind: 'alarm', body: { code: 'journal-rolled-back' } },
        atMs: startMs + 3_000,
      }),
    ).toBe('entry-malformed');
    await vault.must('entries.append', {
      entry: { kind: 'outcome', body: { actionId: two.actionId, refusal: 'act-malformed' } },
      atMs: startMs + 3_000,
    });
    await submitCases(vault, 1, 3_001);
    const outbox = await vault.must('outbox.next', { limit: 8 });
    expect(outbox.toSend.map(({ sequence }) => sequence)).toEqual([3, 2]);
    expect(outbox).toMatchObject({ waiting: 3, overdue: 1, toProve: [{ actionId: one.actionId, state: 'overdue' }] });
  });
});
