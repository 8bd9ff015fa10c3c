import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Iin } from '../../core/kernel/index.ts';
import { canonicalize, shownVersion } from '../../core/signing/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { codeOf as codeOfAnswer } from '../server/support/client.ts';
import type { FoundingSignature } from '../../core/replay/index.ts';
import { parseFoundingStatement } from '../../contracts/documents/index.ts';
import { foundingDocumentText, foundingStatementText, judgeFounding } from '../../server/accounts/index.ts';
import { found, signFounding, text } from '../server/support/founded.ts';
import { testForm } from '../server/support/forms.ts';
import { issuePerson, testCa, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, type Workstation } from '../server/support/workstation.ts';

// One platform that is founded only by the last test: whatever is refused before must have left nothing behind.
let platform: TestPlatform;
let desk: Workstation;
let officer: TestPerson;
let manager: TestPerson;
let recovery: TestPerson;
let colleague: TestPerson;
let statement: string;

const dayMs = 86_400_000;

function person(n: number, name: string, roles: TestPerson['roles'], notAfterMs?: number): TestPerson {
  const validity = notAfterMs === undefined ? {} : { notBeforeMs: notAfterMs - dayMs, notAfterMs };
  return issuePerson({ ca: platform.ca, n, name, roles, ...validity });
}

async function codeOf(answer: Promise<{ ok: true } | { ok: false; refusal: { code: string } }>): Promise<string> {
  const given = await answer;
  return given.ok ? 'founded' : given.refusal.code;
}

const peopleOf = (one: TestPerson, other: TestPerson, third: TestPerson) => ({
  officers: [one.iin, other.iin] as [Iin, Iin],
  recovery: third.iin,
  devices: [],
});

const statementOf = async (one: TestPerson, other: TestPerson, third: TestPerson): Promise<string> =>
  must(await platform.server.founding.statement(peopleOf(one, other, third)));

const sign = (text: string, ...by: readonly TestPerson[]): readonly FoundingSignature[] =>
  by.map((one) => signFounding(one, text));

beforeAll(async () => {
  platform = await startTestPlatform();
  officer = person(11, 'Қасымова Дана', ['security-officer']);
  colleague = person(12, 'Ли Виктор', ['security-officer']);
  manager = person(13, 'Әлиев Марат', ['manager']);
  recovery = person(14, 'Ким Олег', ['security-officer', 'manager']);
  for (const one of [officer, colleague, manager, recovery]) must(await addStaff(platform.server, one));
  desk = await enrolled(platform.server);
}, 120_000);

beforeEach(async () => {
  statement = await statementOf(officer, manager, recovery);
});

afterAll(() => platform.remove());

test('before the founding no act changes a right', async () => {
  const form = testForm();
  const early = desk.act(officer, { ...newCase(form), access: { status: 'absent' } }, 'access.block', {
    ...{ iin: colleague.iin, name: colleague.name, ...text },
  });
  expect(await desk.outcomes([early])).toEqual(['refused:platform-not-founded']);
});

test('two of the three are not enough, nor is one of them twice', async () => {
  const { founding } = platform.server;
  expect(await codeOf(founding.found(statement, sign(statement, officer, manager)))).toBe('document-malformed');
  expect(await codeOf(founding.found(statement, sign(statement, officer)))).toBe('document-malformed');
  expect(await codeOf(founding.found(statement, sign(statement, officer, manager, manager)))).toBe(
    'founding-signatures-insufficient',
  );
});

test.each([
  ['the same person as both officers', () => [officer, officer, recovery]],
  ['the recovery officer as an officer', () => [officer, recovery, recovery]],
  ['two security officers and a third', () => [officer, colleague, recovery]],
  ['a recovery officer who cannot replace the manager', () => [officer, manager, colleague]],
  ['somebody without a record', () => [officer, manager, person(21, 'Бөтен Адам', ['security-officer'])]],
  ['somebody without the right', () => [officer, manager, platform.reviewer]],
])('%s: no statement is made', async (_who, by) => {
  const [one, other, third] = by() as [TestPerson, TestPerson, TestPerson];
  expect(await codeOf(found(platform, [one, other, third]))).toBe('founding-people-insufficient');
});

test('somebody whom the statement does not name does not sign in the place of another', async () => {
  const answer = platform.server.founding.found(statement, sign(statement, officer, manager, colleague));
  expect(await codeOf(answer)).toBe('founding-signatures-insufficient');
});

test('a statement that was edited between two signatures is found out, whatever was edited', async () => {
  const { founding } = platform.server;
  const read = must(parseFoundingStatement(statement));
  const before = sign(statement, officer, manager);
  const edits: readonly [string, Partial<typeof read>][] = [
    ['founding-text-differs', { operatorName: 'Басқа оператор' }],
    ['founding-text-differs', { foundedAtMs: read.foundedAtMs + 60_000 }],
    ['founding-text-differs', { shown: { ...read.shown, ru: read.shown.en } }],
    ['founding-text-differs', { shown: { ...read.shown, version: shownVersion + 1 } }],
    ['founding-text-differs', { records: read.records.slice(1) }],
    ['founding-text-differs', { keys: { ...read.keys, log: read.keys.platform } }],
    ['founding-records-differ', { log: 'elsewhere' }],
    ['founding-people-insufficient', { recovery: colleague.iin }],
  ];
  for (const [code, edit] of edits) {
    const edited = canonicalize({ ...read, ...edit });
    const answer = founding.found(edited, [...before, ...sign(edited, recovery)]);
    expect(await codeOf(answer), JSON.stringify(edit)).toBe(code);
  }
  const answer = founding.found(statement, [...before, ...sign(`${statement} `, recovery)]);
  expect(await codeOf(answer)).toBe('founding-signatures-insufficient');
});

test('a statement of another operator or of other keys is not signed, however well its words fit', async () => {
  const { founding, identity } = platform.server;
  const { records } = await founding.standing();
  const { keys } = must(parseFoundingStatement(statement));
  const places = [
    { ...identity, keys, operatorName: 'Басқа оператор' },
    { ...identity, keys: { ...keys, logMlDsa44: keys.platform } },
  ];
  for (const place of places) {
    const made = must(foundingStatementText(records, place, peopleOf(officer, manager, recovery), Date.now()));
    expect(await codeOf(founding.words(made, 'kk'))).toBe('founding-records-differ');
    expect(await codeOf(founding.found(made, sign(made, officer, manager, recovery)))).toBe('founding-records-differ');
  }
});

test('words that are not those of the statement are not signed by replay either', async () => {
  const { records } = await platform.server.founding.standing();
  const { identity } = platform.server;
  const read = must(parseFoundingStatement(statement));
  const code = (of: string): string => {
    const document = foundingDocumentText(of, [...sign(of, officer, manager, recovery)], identity);
    const judged = judgeFounding({ text: document, leafIndex: Infinity }, records, identity);
    return judged.ok ? 'founded' : judged.refusal.code;
  };
  expect(code(statement)).toBe('founded');
  expect(code(canonicalize({ ...read, shown: { ...read.shown, kk: read.shown.ru } }))).toBe('founding-text-differs');
  expect(code(canonicalize({ ...read, operatorName: 'Басқа оператор' }))).toBe('founding-text-differs');
});

test('a person or a policy that came after the statement was made is not signed unseen', async () => {
  const { founding } = platform.server;
  const signatures = sign(statement, officer, manager, recovery);
  must(await addStaff(platform.server, person(22, 'Кейін Келген', ['security-officer', 'manager'])));
  expect(await codeOf(founding.found(statement, signatures))).toBe('founding-records-differ');
  expect(await codeOf(founding.words(statement, 'kk'))).toBe('founding-records-differ');
});

test('a certificate of another authority, an expired one, and one of another person found nothing', async () => {
  const { founding } = platform.server;
  const code = (one: TestPerson, iin = one.iin): string => {
    const judged = founding.judgeCertificate(one.certificate, iin);
    return judged.ok ? 'good' : judged.refusal.code;
  };
  const foreign = issuePerson({ ca: testCa(true), n: 31, name: 'Шет Адам', roles: ['manager'] });
  const expired = person(32, 'Ескі Карта', ['manager'], Date.now() - dayMs);
  expect(code(manager)).toBe('good');
  expect(code(foreign)).toBe('certificate-foreign');
  expect(code(expired)).toBe('certificate-expired');
  expect(code(manager, officer.iin)).toBe('certificate-of-other');
  for (const [one, why] of [
    [foreign, 'certificate-foreign'],
    [expired, 'certificate-expired'],
  ] as const) {
    must(await addStaff(platform.server, { ...one, roles: ['manager'] }));
    const made = await statementOf(officer, one, recovery);
    expect(await codeOf(founding.found(made, sign(made, officer, one, recovery)))).toBe(why);
  }
});

test('a certificate that was revoked before the ceremony ended founds nothing', async () => {
  const gone = person(33, 'Жойылған Карта', ['manager']);
  must(await addStaff(platform.server, gone));
  const made = await statementOf(officer, gone, recovery);
  const signatures = sign(made, officer, gone, recovery);
  platform.ca.revoke(gone.serial);
  for (const list of platform.ca.crls()) must(await platform.server.administration.importCrl(list));
  const { founding } = platform.server;
  expect(await codeOf(founding.found(made, signatures))).toBe('certificate-revoked');
  expect(await codeOf(founding.judgeSignature(made, signatures[1] as FoundingSignature))).toBe('certificate-revoked');
});

test('a device that nobody admitted waits, and a second founding is refused', async () => {
  expect(await codeOf(platform.server.founding.found(statement, sign(statement, officer, manager, recovery)))).toBe(
    'founded',
  );
  expect(codeOfAnswer(await desk.client.call({ method: 'POST', path: endpoints.challenge.path }))).toBe(
    'device-unknown',
  );
  expect((await platform.server.founding.standing()).isFounded).toBe(true);
  const again = await statementOf(officer, manager, recovery);
  expect(await codeOf(platform.server.founding.found(again, sign(again, officer, manager, recovery)))).toBe(
    'platform-founded',
  );
  const late = addStaff(platform.server, person(41, 'Кеш Келген', ['manager']));
  expect(await codeOf(late)).toBe('platform-founded');
});
