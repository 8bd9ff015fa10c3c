import { afterAll, beforeAll, expect, test } from 'vitest';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { endpoints, type Change } from '../../contracts/http/index.ts';
import type { ToldChange } from '../../contracts/vault-host/index.ts';
import type { Enrolment, Shift } from '../../main/engine/context.ts';
import { pullChanges } from '../../main/engine/sync/changes.ts';
import { collectReceipts } from '../../main/engine/sync/outbox.ts';
import { verifyChange } from '../../main/engine/sync/verify-change.ts';
import { sha256Hex } from '../../eds/index.ts';
import { testForm } from '../server/support/forms.ts';
import { issuePerson, signAs, testCa, type TestPerson } from '../server/support/people.ts';
import { startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from '../server/support/workstation.ts';
import { playedEngine } from './played-desk.ts';

let platform: TestPlatform;
let workstation: Workstation;
let enrolment: Enrolment;
let honest: Change;
let actionId = '';

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
  enrolment = {
    bundle: workstation.bundle,
    policies: [],
    policy: JSON.parse(workstation.bundle.policy.document),
  } as unknown as Enrolment;
  const view = newCase(testForm());
  const item = workstation.act(platform.registrar, view, 'registration.submit', { form: view.form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  actionId = item.actionId;
  await receiptOf(workstation, actionId);
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(platform.reviewer)).json);
  const answer = await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0', token });
  const { changes } = endpoints.changes.response.parse(answer.json);
  const [first] = changes;
  if (first === undefined) throw new Error('no change');
  honest = first;
});

afterAll(async () => {
  await platform.remove();
});

/** The change with its envelope altered and signed anew by somebody. */
function forged(by: TestPerson, change: (envelope: Record<string, unknown>) => void): Change {
  const envelope = JSON.parse(honest.envelope) as Record<string, unknown>;
  change(envelope);
  const text = canonicalize(envelope as Json);
  const cms = Buffer.from(signAs(by, text)).toString('base64');
  return { ...honest, envelope: text, cms, act: { ...honest.act, hash: sha256Hex(text) } };
}

function verdict(change: Change): string {
  const verified = verifyChange(enrolment, change);
  return verified.ok ? verified.value : verified.refusal.code;
}

test('the act of a colleague is verified by the anchors of the enrolment, and named by his certificate', () => {
  expect(verdict(honest)).toBe(platform.registrar.name);
  expect(verdict({ ...honest, act: { ...honest.act, actorName: 'Somebody Else' } })).toBe(verdict(honest));
});

test('an act that the platform made up is not believed, whoever signed it', () => {
  const stranger = issuePerson({ ca: testCa(true), n: 81, name: 'Бөтен Адам', roles: [] });
  const colleague = issuePerson({ ca: platform.ca, n: 82, name: 'Әріптес Адам', roles: [] });
  const asStranger = (envelope: Record<string, unknown>): void => {
    envelope['actor'] = { iin: stranger.iin, certificate: stranger.certificateHash };
  };
  expect(verdict(forged(stranger, asStranger))).toBe('signature-invalid');
  expect(verdict(forged(colleague, () => undefined))).toBe('signer-differs');
  expect(verdict({ ...honest, envelope: honest.envelope.replace('"kk"', '"ru"') })).toBe('signature-invalid');
  expect(verdict({ ...honest, cms: Buffer.from('no signature').toString('base64') })).toBe('signature-invalid');
  expect(verdict({ ...honest, envelope: '{}' })).toBe('envelope-malformed');
  expect(verdict({ ...honest, act: { ...honest.act, receivedAtMs: Date.UTC(2090, 1, 1) } })).toBe('signature-invalid');
  const unanchored = { ...enrolment, bundle: { ...enrolment.bundle, anchors: [], intermediates: [] } };
  expect(verifyChange(unanchored, honest).ok).toBe(false);
});

/** An engine whose vault takes over what carries a signer, and whose journal is a list. */
function bench(changes: Result<unknown>, receipt: string | null = null) {
  const told: ToldChange[] = [];
  const entries: string[] = [];
  const answers: Record<string, unknown> = {
    'cases.position': { position: 0 },
    'entries.list': { items: [] },
    'vault.status': { standing: [] },
    'outbox.next': { toSend: [], toProve: [], waiting: 0, overdue: 0 },
  };
  const call = (verb: string, input: never): Promise<Result<unknown>> => {
    if (verb === 'cases.apply') {
      const { changes: given } = input as { changes: ToldChange[] };
      told.push(...given);
      const bad = given.filter(({ signer }) => signer === null);
      const faults = bad.map(({ case: caseId, position }) => ({ caseId, position, why: 'signature-not-verified' }));
      return Promise.resolve(ok({ position: given.at(-1)?.position, changed: [], forged: faults }));
    }
    if (verb === 'entries.append') {
      const { entry } = input as { entry: { kind: string; body: { code?: string } } };
      entries.push(entry.body.code ?? entry.kind);
      return Promise.resolve(ok({ sequence: entries.length, act: { logIndex: 1 } }));
    }
    return Promise.resolve(ok(answers[verb] ?? null));
  };
  const engine = playedEngine({ vault: { call }, options: { clock: { nowMs: () => 1, monotonicMs: () => 1 } } });
  const doors: Record<string, Result<unknown>> = { changes, receipts: ok({ receipts: [{ actionId, receipt }] }) };
  const client = { hasSession: true, call: (door: string) => Promise.resolve(doors[door] ?? refuse('not-found')) };
  return { engine, shift: { enrolment, client, roles: [] } as unknown as Shift, told, entries };
}

test('a forged act in the feed reaches the vault without a signer, and is one alarm', async () => {
  const bad = { ...honest, envelope: honest.envelope.replace('"kk"', '"ru"') };
  const { engine, shift, told, entries } = bench(
    ok({ changes: [honest, { ...bad, position: 2 }], position: 2, latest: 2 }),
  );
  expect((await pullChanges(engine, shift)).ok).toBe(true);
  expect(told.map(({ signer }) => signer === null)).toEqual([false, true]);
  expect(entries).toEqual(['change-forged']);
});

test.each([
  ['is poisoned', () => ok({ changes: [{ ...honest, cms: 'AAAA' }], position: 1, latest: 1 }), 'change-forged'],
  ['is unreadable', () => refuse('server-answer-malformed', { field: 'changes' }), 'feed-broken'],
  ['is kept back', () => refuse('server-busy'), undefined],
] as const)('a feed that %s keeps no receipt away', async (_what, feed, alarm) => {
  const receipt = await receiptOf(workstation, actionId);
  const { engine, shift, entries } = bench(feed(), receipt);
  const { parseNoteKey } = await import('../../core/log/index.ts');
  const { sha256 } = await import('../../eds/index.ts');
  const logKey = parseNoteKey(sha256, workstation.bundle.log.key);
  Object.assign(shift, {
    enrolment: { ...enrolment, logPins: [{ key: logKey.ok ? logKey.value : undefined, fromSize: 0 }] },
  });
  const owed = { toSend: [], toProve: [{ actionId, deadlineMs: 1, state: 'promised' }], waiting: 1, overdue: 0 };
  const proven = await collectReceipts(engine, shift, owed as never, { size: 0, root: new Uint8Array(32), note: null });
  expect(proven).toMatchObject({ ok: true, value: { isOpen: false } });
  expect(entries).toEqual([...(alarm === undefined ? [] : [alarm]), 'receipt']);
});
