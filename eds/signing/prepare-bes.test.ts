import { createHash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createTestCa, makeKey, type KeyKind, type SigningKey } from '../../dev/ca/index.ts';
import { parseSignedAttributes, parseSignedData } from '../cms/index.ts';
import { prepareBes, type PreparedBes, type SigningAlgorithm } from './index.ts';

const signingTimeMs = Date.UTC(2026, 10, 23, 9, 30);
const ca = createTestCa({ demo: false, now: () => signingTimeMs, keys: 'ec-p256' });
const content = new TextEncoder().encode('content');

function certificateFor(key: SigningKey): Uint8Array {
  const holder = { surname: 'Ә', name: 'Б', iin: '900101400013' };
  return ca.issue({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, holder, roles: ['individual'] }).certificate;
}

function prepare(
  kind: KeyKind,
  algorithm: SigningAlgorithm,
): { readonly key: SigningKey; readonly prepared: PreparedBes } {
  const key = makeKey(kind);
  const prepared = prepareBes({ content, certificate: certificateFor(key), signingTimeMs, algorithm });
  if (!prepared.ok) throw new Error(prepared.refusal.code);
  return { key, prepared: prepared.value };
}

describe('building a CAdES-BES', () => {
  test('asks the card to sign the attributes, in DER order, with the time that was passed in', () => {
    const { prepared } = prepare('ec-p256', 'ecdsa-p256-sha256');
    const attributes = parseSignedAttributes(prepared.signedAttributes);
    expect(attributes).toMatchObject({ contentType: '1.2.840.113549.1.7.1', claimedAtMs: signingTimeMs });
    expect(attributes?.messageDigest).toEqual(new Uint8Array(createHash('sha256').update(content).digest()));
    expect(attributes?.signingCertificate).toMatchObject({ digestOid: '2.16.840.1.101.3.4.2.1' });
  });

  test('gives the same attributes for the content and for its digest', () => {
    const key = makeKey('ec-p384');
    const shared = { certificate: certificateFor(key), signingTimeMs, algorithm: 'ecdsa-p384-sha384' } as const;
    const digest = new Uint8Array(createHash('sha384').update(content).digest());
    const [whole, ready] = [prepareBes({ ...shared, content }), prepareBes({ ...shared, content: { digest } })];
    expect(whole.ok && ready.ok && whole.value.signedAttributes).toEqual(ready.ok && ready.value.signedAttributes);
  });

  test.each(['der', 'ieee-p1363'] as const)('takes an ECDSA signature in the form %s', (dsaEncoding) => {
    const { key, prepared } = prepare('ec-p384', 'ecdsa-p384-sha384');
    const signature = sign('sha384', prepared.signedAttributes, { key: key.privateKey, dsaEncoding });
    const finished = prepared.finish(signature);
    expect(finished.ok && parseSignedData(finished.value).ok).toBe(true);
  });

  test('does not finish with the signature of another key, over other octets, or of a wrong shape', () => {
    const { key, prepared } = prepare('rsa-2048', 'rsa-pkcs1-sha256');
    const stranger = makeKey('rsa-2048');
    const refusalOf = (signature: Uint8Array): string => {
      const finished = prepared.finish(signature);
      return finished.ok ? 'accepted' : finished.refusal.code;
    };
    expect(refusalOf(sign('sha256', prepared.signedAttributes, stranger.privateKey))).toBe(
      'signature-not-by-certificate',
    );
    expect(refusalOf(sign('sha256', content, key.privateKey))).toBe('signature-not-by-certificate');
    expect(refusalOf(new Uint8Array(0))).toBe('signature-malformed');
    expect(refusalOf(sign('sha256', prepared.signedAttributes, key.privateKey))).toBe('accepted');
    const curve = prepare('ec-p256', 'ecdsa-p256-sha256').prepared.finish(new Uint8Array(63));
    expect(curve.ok ? '' : curve.refusal.code).toBe('signature-malformed');
  });

  test.each([
    ['rsa-1024', 'rsa-pkcs1-sha256'],
    ['ec-p256', 'ecdsa-p384-sha384'],
    ['ec-p256', 'rsa-pkcs1-sha256'],
  ] as const)('refuses a %s key for %s', (kind, algorithm) => {
    const prepared = prepareBes({ content, certificate: certificateFor(makeKey(kind)), signingTimeMs, algorithm });
    expect(prepared).toMatchObject({ ok: false, refusal: { code: 'key-algorithm-differs' } });
  });

  test('leaves the octets of the caller as they were, Node buffers included', () => {
    const key = makeKey('ec-p256');
    const certificate = Buffer.from(certificateFor(key));
    const before = Buffer.from(certificate);
    const prepared = prepareBes({
      content,
      certificate,
      signingTimeMs,
      algorithm: 'ecdsa-p256-sha256',
      chain: [certificate],
    });
    if (prepared.ok) prepared.value.finish(sign('sha256', prepared.value.signedAttributes, key.privateKey));
    expect(certificate.equals(before)).toBe(true);
  });
});
