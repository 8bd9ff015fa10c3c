import { createHash } from 'node:crypto';
import type { TestCa } from '../ca/index.ts';
import { importCertificates, makeTokens, type KeyKind, type SoftHsmStore } from '../softhsm/index.ts';
import { operator, type StaffMember } from './staff.ts';

export type StaffCard = {
  readonly member: StaffMember;
  /** SHA-256 of the signing certificate, hexadecimal: what the staff record names. */
  readonly certificate: string;
  readonly serial: string;
};

const signingKeyId = '01';
const slotKeyId = '02';

/** Makes one token for each person, with a key that signs and a key that opens the journal, and has both certified. */
export function makeCards(
  store: SoftHsmStore,
  ca: TestCa,
  people: readonly StaffMember[],
  kind: KeyKind = 'rsa-2048',
): readonly StaffCard[] {
  const keys = makeTokens(
    store,
    people.map(({ tokenLabel, pin }) => ({
      label: tokenLabel,
      pin,
      keys: [
        { keyId: signingKeyId, label: 'signing', kind, purpose: 'sign' },
        { keyId: slotKeyId, label: 'journal', kind: 'rsa-2048', purpose: 'decrypt' },
      ],
    })),
  );
  return people.map((member) => {
    const spki = (keyId: string): Uint8Array => {
      const key = keys.find((one) => one.tokenLabel === member.tokenLabel && one.keyId === keyId);
      if (key === undefined) throw new Error('demo: the token lacks a key that was just made');
      return key.spki;
    };
    const holder = {
      surname: member.surname,
      name: member.name,
      patronymic: member.patronymic,
      iin: member.iin,
      organisation: operator,
    };
    const request = { holder, roles: ['employee'], carrier: 'kaztoken' } as const;
    const signing = ca.issue({ ...request, subjectPublicKeyInfo: spki(signingKeyId), purpose: 'signing' });
    const journal = ca.issue({ ...request, subjectPublicKeyInfo: spki(slotKeyId), purpose: 'decryption' });
    importCertificates(store, { label: member.tokenLabel, pin: member.pin }, [
      { keyId: signingKeyId, label: 'signing', der: signing.certificate },
      { keyId: slotKeyId, label: 'journal', der: journal.certificate },
    ]);
    const certificate = createHash('sha256').update(signing.certificate).digest('hex');
    return { member, certificate, serial: signing.serial };
  });
}
