import { expect, test } from 'vitest';
import { createTestCa } from '../../dev/ca/index.ts';
import { parseCertificate, parseRevocationList } from '../../eds/index.ts';
import { isListOfAny } from './revocation.ts';

test('a delta list never takes the place of the base list in the log', () => {
  const ca = createTestCa({ demo: false, now: () => Date.UTC(2026, 10, 23), keys: 'ec-p256' });
  const authority = parseCertificate(ca.issuingCertificate);
  const [base, delta] = [parseRevocationList(ca.crl()), parseRevocationList(ca.deltaCrl())];
  if (!authority.ok || !base.ok || !delta.ok) throw new Error('the test authority wrote what cannot be read');
  expect([isListOfAny(base.value, [authority.value]), isListOfAny(delta.value, [authority.value])]).toEqual([
    true,
    false,
  ]);
});
