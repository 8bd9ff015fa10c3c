import { expect, test } from 'vitest';
import { factorMethods, judgeFactors, type FactorRules } from '../../core/access/index.ts';
import type { DeviceId, Iin, Sha256Hex } from '../../core/kernel/index.ts';
import { noFactorPorts, portsOf, proveClaims, type FactorPorts } from './factor-ports.ts';

const person = { iin: '900101300017' as Iin, device: 'd' as DeviceId, atMs: 5 };
const proof = new Uint8Array([1]);
const proofHash = 'a'.repeat(64) as Sha256Hex;

test.each(factorMethods)('a claim of %s without a port is refused by name', (method) => {
  expect(portsOf(noFactorPorts, [{ method, proof }])).toMatchObject({
    ok: false,
    refusal: { code: 'factor-unavailable' },
  });
});

test('a port for one method is none for another, and none for a name of every object', () => {
  const ports: FactorPorts = { 'face-coid': () => Promise.resolve(proofHash) };
  const codeOf = (method: string): string => {
    const asked = portsOf(ports, [{ method: method as 'totp', proof }]);
    return asked.ok ? 'asked' : asked.refusal.code;
  };
  expect(['face-coid', 'face-platform', 'toString', 'constructor'].map(codeOf)).toEqual([
    'asked',
    ...['factor-unavailable', 'factor-unavailable', 'factor-unavailable'],
  ]);
});

test('what a port proves is evidence of its kind for the same judge, and one that proves nothing spoils the whole claim', async () => {
  const ports: FactorPorts = {
    'face-platform': (_person, given) => Promise.resolve(given[0] === 1 ? proofHash : undefined),
  };
  const prove = async (given: Uint8Array) => {
    const claimed = portsOf(ports, [{ method: 'face-platform', proof: given }]);
    if (!claimed.ok) throw new Error(claimed.refusal.code);
    return proveClaims(claimed.value, person);
  };
  const proven = await prove(proof);
  expect(proven).toEqual([{ kind: 'inherence', method: 'face-platform', proofHash, atMs: 5, device: 'd' }]);
  expect(await prove(new Uint8Array([2]))).toBeUndefined();
  const methods = ['card-eds' as const, ...(proven ?? []).map(({ method }) => method)];
  const rules: FactorRules = {
    switchedOn: [{ realm: 'staff', purpose: 'sign-in', methods: ['card-eds', 'face-platform'] }],
    pinCarriers: [],
  };
  const judged = (held: FactorRules | undefined): boolean =>
    judgeFactors({ realm: 'staff', purpose: 'sign-in', shown: { methods }, rules: held }).ok;
  expect([judged(rules), judged(undefined)]).toEqual([true, false]);
});
