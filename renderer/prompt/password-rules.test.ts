import { describe, expect, it } from 'vitest';
import type { CertificateView } from '../../contracts/ipc/index.ts';
import { faultsOf } from './password-rules.tsx';

const signer = { commonName: 'СЕРІКОВА АЙГҮЛ', iin: '900412450321' } as CertificateView;
const view = { signer, passwordRules: { lengthMin: 12, ownCharactersMin: 6 } };
const faults = (password: string, former = '') => faultsOf(view, { password, former });

describe('the rules of a password that is typed', () => {
  it('say nothing of an empty field, nor where no password is chosen', () => {
    expect(faults('')).toBeNull();
    expect(faultsOf({ signer, passwordRules: null }, { password: 'қысқа', former: '' })).toBeNull();
  });

  it('are told each by itself, and all at once', () => {
    expect(faults('Тырна')).toEqual(['password-too-short', 'password-common']);
    expect(faults('password123456')).toEqual(['password-common']);
    expect(faults('Айгүл 900412 ух')).toEqual(['password-similar']);
    expect(faults('Жаңбыр жауды кеше')).toEqual([]);
  });

  it('compare it with the present one, which stands in the same window', () => {
    expect(faults('Жаңбыр жауды кеше!', 'Жаңбыр жауды кеше')).toEqual(['password-similar']);
    expect(faults('Тырна он екі ұшты', 'Жаңбыр жауды кеше')).toEqual([]);
  });

  it('are those that main asks before anything is sent, by the bounds of the policy', () => {
    const long = 'ұ'.repeat(129);
    expect(faults(long)).toEqual(['password-too-long']);
    expect(
      faultsOf(
        { signer, passwordRules: { lengthMin: 20, ownCharactersMin: 6 } },
        {
          password: 'Жаңбыр жауды кеше',
          former: '',
        },
      ),
    ).toEqual(['password-too-short']);
  });
});
