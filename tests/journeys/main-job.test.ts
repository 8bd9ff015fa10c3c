import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyReceipt } from '../../core/log/index.ts';
import type { OperatorInput } from '../../contracts/ipc/index.ts';
import {
  certificateOf,
  makeCases,
  member,
  must,
  openWorkstation,
  playedPrompt,
  until,
  type PlayedPrompt,
} from '../../dev/demo/index.ts';
import { importCases, type Workstation } from '../../main/engine/index.ts';
import { sha256, verifyEd25519 } from '../support/index.ts';
import { makeWorld, type World } from './support/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-journey-'));
const registrar = member('registrar');
const reviewer = member('reviewer');
const cases = makeCases({ seed: 57, nowMs: Date.now(), count: 3 });
const everything: OperatorInput<'cases.list'> = {
  view: 'all',
  statuses: [],
  query: '',
  sort: 'number',
  offset: 0,
  limit: 100,
};

let world: World;
let desk: Workstation;
let person: PlayedPrompt;

beforeAll(async () => {
  world = await makeWorld(directory, { profile: 'demo' });
  const atStation = playedPrompt(registrar);
  const station = openWorkstation({
    directory: join(directory, 'station'),
    store: world.store,
    prompt: atStation,
    kind: 'import-station',
  });
  const certificateId = await certificateOf(station, registrar);
  must(await station.enrol({ code: await world.invitation(), name: 'Import', certificateId }));
  must(await station.startShift(certificateId));
  const platform = station.platform;
  if (platform === undefined) throw new Error('the shift has no platform');
  must(await importCases({ submit: (proposal) => station.sign(proposal), platform, cases, onStep: () => undefined }));
  await until(() => station.app().status.log.lastIndex !== null && station.app().status.outbox.waiting === 0);
  must(await station.endShift());
  await station.close();
  person = playedPrompt({ ...reviewer, phrase: reviewer.recognitionPhrase });
  desk = openWorkstation({ directory: join(directory, 'desk'), store: world.store, prompt: person });
}, 120_000);

afterAll(async () => {
  await desk.close();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('the main job', () => {
  it('enrols a workstation by the invitation and leaves it locked', async () => {
    expect(desk.phase()).toBe('not-enrolled');
    const certificateId = await certificateOf(desk, reviewer);
    must(await desk.enrol({ code: await world.invitation(), name: 'Desk 1', certificateId }));
    expect(desk.phase()).toBe('locked');
  });

  it('keeps the vault closed for a wrong password and for a wrong PIN', async () => {
    const certificateId = await certificateOf(desk, reviewer);
    person.type({ ...reviewer, password: 'not the password' });
    const wrongPassword = await desk.startShift(certificateId);
    person.type({ ...reviewer, pin: '0000' });
    const wrongPin = await desk.startShift(certificateId);
    expect([wrongPassword, wrongPin].map((one) => (one.ok ? 'open' : one.refusal.code))).toEqual([
      'slot-key-wrong',
      'pin-incorrect',
    ]);
    expect(desk.phase()).toBe('locked');
  });

  it('starts a shift by card and password, and knows the person by the server', async () => {
    person.type(reviewer);
    must(await desk.startShift(await certificateOf(desk, reviewer)));
    expect(desk.app().staff).toEqual({ name: 'Сейтқали Айдос Нұрланұлы', iin: reviewer.iin, roles: ['reviewer'] });
    expect(desk.app().profile).toBe('demo');
  });

  it('shows the cases that were submitted elsewhere', async () => {
    await until(async () => must(await desk.listCases(everything)).total === cases.length);
    const { items, counts } = must(await desk.listCases(everything));
    expect(items.map(({ number }) => number)).toEqual(cases.map(({ number }) => number));
    expect(counts['needs-me']).toBe(cases.length);
  });

  it('claims and approves a case: shown, signed, recorded, promised, proven', async () => {
    const { items } = must(await desk.listCases(everything));
    const caseId = items[0]?.id ?? '';
    const refused = await desk.sign({ type: 'registration.approve', caseId, note: '' });
    expect(refused.ok ? '' : refused.refusal.code).toBe('case-not-claimed');
    must(await desk.sign({ type: 'registration.claim', caseId }));
    const preview = must(await desk.preview({ type: 'registration.approve', caseId, note: 'Құжаттар дұрыс' }));
    const recorded = must(await desk.sign({ type: 'registration.approve', caseId, note: 'Құжаттар дұрыс' }));
    const shown = person.shown.at(-1);
    expect(shown?.text).toBe(preview.text);
    expect(shown?.recognitionPhrase).toBe(reviewer.recognitionPhrase);
    await until(async () =>
      must(await desk.listJournal({ before: null, limit: 100, onlyActs: true })).items.every(
        ({ act }) => act?.state === 'logged',
      ),
    );
    const view = must(await desk.readCase(caseId));
    expect(view.summary.status).toBe('approved');
    expect(view.history.map(({ type, state }) => [type, state])).toEqual([
      ['registration.submit', 'accepted'],
      ['registration.claim', 'logged'],
      ['registration.approve', 'logged'],
    ]);
    expect(must(await desk.readJournalEntry(recorded.sequence)).item.act?.actionId).toBe(recorded.actionId);
  });

  it('judges the signature of each act of the case anew, that of the registrar too, revocation included', async () => {
    const caseId = must(await desk.listCases(everything)).items[0]?.id ?? '';
    const { history } = must(await desk.readCase(caseId));
    for (const { actionId, byIin } of history) {
      const view = must(await desk.readSignature({ caseId, actionId }));
      expect(view).toMatchObject({ verdict: 'VALID', conclusion: 'valid', signer: { iin: byIin, iinCheck: 'right' } });
      expect(view.referenceTimeMs).toBe(view.receivedAtMs);
    }
    const absent = await desk.readSignature({ caseId, actionId: '019ab000-0000-7000-8000-000000000000' });
    expect(absent.ok ? '' : absent.refusal.code).toBe('act-absent');
  });

  it('gives the files by which a stranger checks the act offline', async () => {
    const { items } = must(await desk.listJournal({ before: null, limit: 100, onlyActs: true }));
    const newest = items[0];
    const entry = must(await desk.readJournalEntry(newest?.sequence ?? 0));
    expect(entry.receipt?.index).toBe(newest?.act?.logIndex);
    expect(entry.shownText).toContain('Құжаттар дұрыс');
    const files = must(await desk.exportAct(newest?.act?.actionId ?? ''));
    const textOf = (suffix: string): string =>
      Buffer.from(files.find(({ name }) => name.endsWith(suffix))?.bytes ?? []).toString('utf8');
    const question = { proof: textOf('.tlog-proof'), act: textOf('.act.json'), sha256, verifyEd25519 };
    expect(verifyReceipt({ ...question, logKey: textOf('.vkey').trim() }).verdict).toBe('good');
    expect(verifyReceipt(question).verdict).toBe('cannot-tell');
    expect(textOf('.html')).toContain('Content-Security-Policy');

    // The same act in the central log as this workstation proves it: by its own head, and by the receipt where the server is silent.
    const index = newest?.act?.logIndex ?? -1;
    const page = must(
      await desk.listLog({
        filter: {
          query: newest?.act?.actionId ?? '',
          kinds: ['act'],
          outcomes: ['accepted'],
          fromMs: null,
          toMs: null,
        },
        before: null,
        limit: 50,
      }),
    );
    expect(page).toMatchObject({ source: 'log', refusal: null, items: [{ index, isThisDevice: true }] });
    const logged = must(await desk.readLogEntry(index));
    expect(logged).toMatchObject({
      source: 'log',
      attestation: { level: 'log', isExternalAwaited: false },
      known: { caseId: newest?.act?.caseId },
    });
    expect(logged.proof.treeSize).toBe(page.treeSize);
    expect(
      verifyReceipt({ ...question, act: question.act.replace('approve', 'refusal'), logKey: textOf('.vkey').trim() })
        .verdict,
    ).toBe('bad');
  });

  it('checks both chains of the journal from end to end', async () => {
    const checked = must(await desk.checkJournal());
    expect(checked.acts).toBe(2);
  });

  it('locks: nothing can be read or signed until the card opens it again', async () => {
    must(await desk.endShift());
    expect(desk.phase()).toBe('locked');
    const refused = await desk.listCases(everything);
    expect(refused.ok ? '' : refused.refusal.code).toBe('vault-closed');
  });
});
