import { describe, expect, test } from 'vitest';
import { refusals } from '../refusals/index.ts';
import { deviceHost } from './index.ts';

describe('the contract of the device host', () => {
  test.each(Object.entries(deviceHost.verbs))('refuses %s by codes of the catalogue only', (_name, verb) => {
    const codes = [...verb.refusals, verb.lostAs, verb.lateAs];
    expect(codes.filter((code) => !Object.hasOwn(refusals, code))).toEqual([]);
  });

  test('bounds every byte array, and refuses a PIN longer than any card takes', () => {
    const token = { moduleId: 'm', slotId: '00', serial: '1' };
    const check = (pin: Uint8Array) => deviceHost.verbs['login.check'].input.safeParse({ token, pin }).success;
    expect(check(new Uint8Array(64))).toBe(true);
    expect(check(new Uint8Array(65))).toBe(false);
    expect(check(new Uint8Array(0))).toBe(false);
  });
});
