import { createHash } from 'node:crypto';
import type { TestCa } from '../ca/index.ts';
import { importCertificates, makeTokens, type KeyKind, type SoftHsmStore } from '../softhsm/index.ts';
import { makeCardKey, type CardDefinition } from '../virtual-card/index.ts';
import { operator, type StaffMember } from './staff.ts';

export type StaffCard = {
  readonly member: StaffMember;
  /** SHA-256 of the signing certificate, hexadecimal: what the staff record names. */
  readonly certificate: string;
  readonly serial: string;
};

const signingKeyId = '01';
const slotKeyId = '02';

type Issued = ReturnType<TestCa['issue']>;

function certify(
  ca: TestCa,
  member: StaffMember,
  keys: { readonly signing: Uint8Array; readonly journal: Uint8Array },
): { readonly signing: Issued; readonly journal: Issued } {
  const { surname, name, patronymic, iin } = member;
  const holder = { surname, name, patronymic, iin, organisation: operator };
  const request = { holder, roles: ['employee'], carrier: 'kaztoken' } as const;
  return {
    signing: ca.issue({ ...request, subjectPublicKeyInfo: keys.signing, purpose: 'signing' }),
    journal: ca.issue({ ...request, subjectPublicKeyInfo: keys.journal, purpose: 'decryption' }),
  };
}

function staffCard(member: StaffMember, signing: Issued): StaffCard {
  const certificate = createHash('sha256').update(signing.certificate).digest('hex');
  return { member, certificate, serial: signing.serial };
}

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
    const { signing, journal } = certify(ca, member, { signing: spki(signingKeyId), journal: spki(slotKeyId) });
    importCertificates(store, { label: member.tokenLabel, pin: member.pin }, [
      { keyId: signingKeyId, label: 'signing', der: signing.certificate },
      { keyId: slotKeyId, label: 'journal', der: journal.certificate },
    ]);
    return staffCard(member, signing);
  });
}

/** A PIV card for the virtual reader, with the keys and certificates that a token of `makeCards` has. Its PIN has six to eight digits. */
export function makeVirtualCard(
  ca: TestCa,
  member: StaffMember,
): { readonly card: StaffCard; readonly definition: CardDefinition } {
  const keys = { signing: makeCardKey('rsa-2048'), journal: makeCardKey('rsa-2048') };
  const { signing, journal } = certify(ca, member, { signing: keys.signing.spki, journal: keys.journal.spki });
  return {
    card: staffCard(member, signing),
    definition: {
      name: member.tokenLabel,
      pin: member.pin,
      keys: [
        { slot: '9c', privateKeyDer: keys.signing.privateKeyDer, certificateDer: signing.certificate },
        { slot: '9d', privateKeyDer: keys.journal.privateKeyDer, certificateDer: journal.certificate },
      ],
    },
  };
}
