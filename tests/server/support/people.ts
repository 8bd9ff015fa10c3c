import { sign } from 'node:crypto';
import { controlDigit, type Iin, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { KeyCarrier } from '../../../eds/index.ts';
import type { Role } from '../../../core/access/index.ts';
import { createTestCa, makeKey, type SigningKey, type TestCa } from '../../../dev/ca/index.ts';
import { prepareBes, sha256Hex } from '../../../eds/index.ts';

/** A valid IIN for the n-th test person, of a thousand. */
export function testIin(n: number): Iin {
  for (let serial = n * 10; ; serial += 1) {
    const start = `9001013${String(serial % 10_000).padStart(4, '0')}`;
    const digit = controlDigit(start);
    if (digit !== undefined) return `${start}${digit}` as Iin;
  }
}

/** Somebody of the staff with a card; here the card is a key in memory. */
export type TestPerson = {
  /** What he chose, or will at his first sign-in. */
  readonly password: string;
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly certificate: Uint8Array;
  readonly certificateHash: Sha256Hex;
  readonly serial: string;
  readonly key: SigningKey;
};

/** Signs a text as the person's card would: a detached CAdES-BES. */
export function signAs(person: Pick<TestPerson, 'certificate' | 'key'>, text: string): Uint8Array {
  const prepared = prepareBes({
    content: Buffer.from(text),
    certificate: person.certificate,
    signingTimeMs: Date.now(),
    algorithm: 'rsa-pkcs1-sha256',
  });
  if (!prepared.ok) throw new Error(prepared.refusal.code);
  const cms = prepared.value.finish(sign('sha256', prepared.value.signedAttributes, person.key.privateKey));
  if (!cms.ok) throw new Error(cms.refusal.code);
  return cms.value;
}

export type IssueOptions = {
  readonly ca: TestCa;
  readonly n: number;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly notAfterMs?: number;
  readonly notBeforeMs?: number;
  /** Of the key, by the word of the authority; a card where nothing is said. */
  readonly carrier?: KeyCarrier;
  /** Where one is made for many: keys of RSA take their time. */
  readonly key?: SigningKey;
};

/** Issues a certificate of the authority for a new person. */
export function issuePerson({ ca, n, name, roles, key = makeKey('rsa-2048'), ...validity }: IssueOptions): TestPerson {
  const [surname = '', given = ''] = name.split(' ');
  const organisation = { name: '«Қорған» АҚ', bin: '990140000385' };
  const issued = ca.issue({
    subjectPublicKeyInfo: key.subjectPublicKeyInfo,
    holder: { surname, name: given, iin: testIin(n), organisation },
    roles: ['employee'],
    ...validity,
  });
  const { certificate, serial } = issued;
  const password = `Тырна ${n} ұшып өтті`;
  return { iin: testIin(n), name, password, roles, certificate, certificateHash: sha256Hex(certificate), serial, key };
}

/** An authority with elliptic keys, which are quick to make. */
export function testCa(demo: boolean): TestCa {
  return createTestCa({ demo, now: () => Date.now(), keys: 'ec-p256' });
}
