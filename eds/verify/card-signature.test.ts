import { beforeAll, expect, test } from 'vitest';
import type { Iin, Sha256Hex } from '../../core/kernel/index.ts';
import { issuePerson, signAs, testCa, type TestPerson } from '../../tests/server/support/people.ts';
import { isSignedByCard } from './card-signature.ts';

const text = '{"form":"qorgan.act/1"}';
const atMs = Date.now();

let person: TestPerson;
let other: TestPerson;
/** A second card of the same person. */
let second: TestPerson;

beforeAll(() => {
  const ca = testCa(true);
  const about = { name: 'Қасымова Дана', roles: [] } as const;
  person = issuePerson({ ca, n: 1, ...about });
  second = issuePerson({ ca, n: 1, ...about });
  other = issuePerson({ ca, n: 2, ...about });
});

type Asked = { readonly by?: TestPerson; readonly text?: string; readonly iin?: Iin; readonly certificate?: Sha256Hex };

/** Whether what somebody signed counts as signed by the person, by his first card. */
function isHis({ by = person, ...rest }: Asked = {}): boolean {
  const named = { iin: rest.iin ?? person.iin, certificate: rest.certificate ?? person.certificateHash };
  return isSignedByCard({ cms: signAs(by, text), text: rest.text ?? text, atMs }, named);
}

test('a text is signed by a card where its certificate, its person and these very bytes agree', () => {
  expect(isHis()).toBe(true);
  expect(isHis({ by: second, certificate: second.certificateHash })).toBe(true);
});

test.each([
  ['over another text', () => ({ text: `${text} ` })],
  ['by another person', () => ({ by: other })],
  ['by another card of the person', () => ({ by: second })],
  ['by a card that names another person', () => ({ by: other, certificate: other.certificateHash })],
  ['by the card, and somebody else is named', () => ({ iin: other.iin })],
])('a signature %s is none of his', (_what, asked) => {
  expect(isHis(asked())).toBe(false);
});

test('bytes that are no signature, or are altered, are none of his', () => {
  const cms = signAs(person, text);
  const named = { iin: person.iin, certificate: person.certificateHash };
  expect(isSignedByCard({ cms: new Uint8Array(), text, atMs }, named)).toBe(false);
  const altered = Uint8Array.from(cms);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  expect(isSignedByCard({ cms: altered, text, atMs }, named)).toBe(false);
});
