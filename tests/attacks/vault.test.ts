import { afterEach, expect, test } from 'vitest';
import type { ActionId } from '../../core/kernel/index.ts';
import { caseHashStart, nextCaseHash } from '../../core/signing/index.ts';
import type { ToldChange } from '../../contracts/vault-host/index.ts';
import { sha256, sha256Hex } from '../../native/vault-host/hash.ts';
import { formOf, newCaseId, registrar, reviewer, uuidV7 } from '../vault/acts.ts';
import { startMs } from '../vault/platform.ts';
import { Teller } from '../vault/teller.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled } from '../vault/vault.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

async function promised(deadlineMs: number) {
  enrolled = await enrolledVault();
  const { vault, platform, epoch } = enrolled;
  const [act] = await submitCases(vault, 1);
  if (act === undefined) throw new Error('no act');
  const { promise } = platform.take(act, epoch, 'accepted', deadlineMs);
  const document = { document: promise.document, signatures: [...promise.signatures] };
  const entry = { kind: 'promise', body: { actionId: act.actionId, document } } as const;
  await vault.must('entries.append', { entry, atMs: startMs + 10 });
  return { vault, actionId: act.actionId };
}

test('a promise for the year 9999 falls due like every other: the policy that was pinned says when', async () => {
  const { vault, actionId } = await promised(253_402_300_799_999);
  const { toProve } = await vault.must('outbox.next', { limit: 10 });
  expect(toProve).toMatchObject([{ actionId, deadlineMs: startMs + 10 + 2_000 }]);
  const alarm = { kind: 'alarm', body: { code: 'promise-overdue', actionId } } as const;
  expect(await vault.code('entries.append', { entry: alarm, atMs: startMs + 1_000 })).toBe('entry-malformed');
  expect((await vault.must('entries.append', { entry: alarm, atMs: startMs + 3_000 })).act).toMatchObject({
    state: 'overdue',
  });
});

test('a promise that was due before it came is not overdue in the moment of its coming', async () => {
  const { vault, actionId } = await promised(startMs - 86_400_000);
  const alarm = { kind: 'alarm', body: { code: 'promise-overdue', actionId } } as const;
  expect(await vault.code('entries.append', { entry: alarm, atMs: startMs + 20 })).toBe('entry-malformed');
});

type Forgery = readonly [what: string, why: string, change: (honest: ToldChange, teller: Teller) => ToldChange];

const otherForm = JSON.stringify(formOf(1).person.surname);
const forgeries: readonly Forgery[] = [
  [
    'another form than was signed',
    'envelope-differs',
    (told) => ({ ...told, envelope: told.envelope.replace(otherForm, '"Өзге"') }),
  ],
  ['an act that nobody signed', 'signature-not-verified', (told) => ({ ...told, signer: null })],
  [
    'another type than was signed',
    'envelope-foreign',
    (told) => ({ ...told, act: { ...told.act, type: 'registration.approve' } }),
  ],
  [
    'another act id',
    'envelope-foreign',
    (told) => ({ ...told, act: { ...told.act, id: uuidV7(startMs) as ActionId } }),
  ],
  ['a signed act of another case', 'envelope-foreign', (told) => ({ ...told, case: newCaseId() })],
  ['a case hash of its own making', 'case-hash-wrong', (told) => ({ ...told, hash: sha256Hex('x') })],
  ['a revision that leaves one out', 'revision-missing', (told) => ({ ...told, revision: 3 })],
  ['text that is no envelope', 'envelope-malformed', (told) => rehashed(told, '{}')],
];

function rehashed(told: ToldChange, envelope: string): ToldChange {
  const hash = sha256Hex(envelope);
  return { ...told, envelope, act: { ...told.act, hash }, hash: nextCaseHash(sha256, caseHashStart, hash) };
}

test.each(forgeries)(
  '%s: the case stands still, others go on, and it is read again when the feed was put right',
  async (_what, why, forge) => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const teller = new Teller(await vault.must('acts.next', { nowMs: startMs }));
    const [caseId, other] = [newCaseId(), newCaseId()];
    const honest = teller.submitted(caseId, 1);
    const rest = [teller.submitted(other, 2), teller.claimed(caseId, reviewer)];
    const applied = await vault.must('cases.apply', { changes: [forge(honest, teller), ...rest] });
    expect(applied).toMatchObject({
      position: 3,
      changed: [other],
      forged: [
        { position: 1, why },
        { position: 3, why: 'revision-missing' },
      ],
    });
    expect(await vault.code('cases.get', { caseId })).toBe('case-absent');
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await vault.must('cases.position', null)).toEqual({ position: 0 });
    expect(await vault.must('cases.apply', { changes: [honest, ...rest] })).toMatchObject({
      position: 3,
      changed: [caseId],
      forged: [],
    });
    expect(await vault.must('cases.get', { caseId })).toMatchObject({ state: { status: 'claimed' }, revision: 2 });
    expect(await vault.must('journal.check', null)).toMatchObject({ cases: 2 });
  },
);

test('a decision that the rule does not allow is not taken over, though its signature holds', async () => {
  enrolled = await enrolledVault();
  const { vault } = enrolled;
  const teller = new Teller(await vault.must('acts.next', { nowMs: startMs }));
  const caseId = newCaseId();
  const changes = [
    teller.submitted(caseId, 1),
    teller.claimed(caseId, registrar),
    teller.approved(newCaseId(), reviewer),
  ];
  const { forged } = await vault.must('cases.apply', { changes });
  expect(forged.map(({ why }) => why)).toEqual(['act-not-allowed', 'act-not-allowed']);
  expect(await vault.must('cases.get', { caseId })).toMatchObject({ state: { status: 'submitted' } });
});

test('a history that is told anew and differently is not taken over', async () => {
  enrolled = await enrolledVault();
  const { vault, slotId } = enrolled;
  const next = await vault.must('acts.next', { nowMs: startMs });
  const [caseId, broken] = [newCaseId(), newCaseId()];
  const teller = new Teller(next);
  const bad = { ...teller.submitted(broken, 2), signer: null };
  await vault.must('cases.apply', { changes: [bad, teller.submitted(caseId, 1)] });
  await vault.must('vault.close', null);
  await vault.must('vault.open', passphraseKey(slotId));
  const liar = new Teller(next);
  const again = [liar.submitted(broken, 2), liar.submitted(caseId, 9)];
  const { forged } = await vault.must('cases.apply', { changes: again });
  expect(forged).toMatchObject([{ caseId, why: 'history-rewritten' }]);
  expect(await vault.must('cases.get', { caseId })).toMatchObject({ state: { form: { number: '2026-00001' } } });
});
