import type { RegistrationForm } from '../../../core/actions/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import { testIin } from './people.ts';

let numbers = 0;

/** A registration that every door takes; `n` tells persons apart. */
export function testForm(n = 500): RegistrationForm {
  numbers += 1;
  return {
    number: `2026-${String(numbers).padStart(6, '0')}`,
    kind: 'individual',
    participantRole: 'buyer',
    language: 'kk',
    person: {
      iin: testIin(n),
      surname: 'Әбдірахманова',
      givenName: 'Гүлнұр',
      patronymic: 'Қайратқызы',
      birthDate: '1990-01-01',
      citizenship: 'KZ',
    },
    organisation: null,
    document: {
      kind: 'identity-card',
      number: '045678912',
      issuer: 'ІІМ',
      issuedOn: '2021-03-14',
      expiresOn: '2031-03-13',
    },
    contact: { phone: '+77011234567', email: 'gulnur@example.kz' },
    bankAccount: { iban: 'KZ86125KZT5004100100', bank: '«Қазақстан Халық Банкі» АҚ' },
    identification: {
      method: 'eds',
      eds: { certificate: 'ab'.repeat(32) as Sha256Hex, subject: 'ӘБДІРАХМАНОВА ГҮЛНҰР', verdict: 'valid' },
      face: null,
    },
    consents: [{ id: 'personal-data', version: 1, givenAtMs: 1_790_000_000_000 }],
    documents: [],
  };
}
