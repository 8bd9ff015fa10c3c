import { describe, expect, it } from 'vitest';
import { attemptRulesDefault, passwordRulesDefault } from '../../core/access/index.ts';
import { attemptRules, factorRules, passwordRules } from './access-rules.ts';

describe('the sections of a policy about access', () => {
  const switching = (realm: string, purpose: string, ...methods: string[]) =>
    factorRules.safeParse({ switchedOn: [{ realm, purpose, methods }], pinCarriers: [] }).success;

  it('may switch on what the matrix leaves to them', () => {
    expect(switching('staff', 'sign-in', 'card-eds', 'face-platform')).toBe(true);
    expect(switching('staff', 'sign-in', 'face-platform', 'card-eds')).toBe(true);
    expect(switching('participant', 'first-registration', 'card-eds')).toBe(true);
  });

  it.each([
    ['participant', 'sign-in', 'password', 'totp'],
    ['participant', 'sign-in', 'card-eds', 'token-pin'],
    ['participant', 'password-change', 'card-eds', 'password'],
    ['staff', 'sign-in', 'password', 'sms-code'],
    ['staff', 'sign-in', 'card-eds', 'sms-code'],
    ['staff', 'sign-in', 'password', 'card-eds'],
    ['staff', 'sign-in', 'password'],
  ])('are no policy where they switch on what %s must not show for %s: %s %s', (realm, purpose, ...methods) => {
    expect(switching(realm, purpose, ...methods)).toBe(false);
  });

  it('have defaults that a policy may write', () => {
    expect(passwordRules.parse(passwordRulesDefault)).toEqual(passwordRulesDefault);
    expect(attemptRules.parse(attemptRulesDefault)).toEqual(attemptRulesDefault);
  });

  it('cannot ask for no password at all, or hold a person up for days', () => {
    expect(passwordRules.safeParse({ ...passwordRulesDefault, lengthMin: 4 }).success).toBe(false);
    expect(attemptRules.safeParse({ ...attemptRulesDefault, delayMaxMs: 86_400_000 }).success).toBe(false);
  });
});
