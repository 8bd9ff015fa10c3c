import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTestCa, makeKey } from '../../dev/ca/index.ts';
import {
  nationalRoles,
  parseCertificate,
  parseRevocationList,
  prepareBes,
  sha256Hex,
  type RevocationList,
} from '../../eds/index.ts';
import { firstPolicy } from '../boot/index.ts';
import type { LiveAnswers } from '../authorities/index.ts';
import { listedBy, revocationDocument } from './revocation.ts';
import { checkLive, checkSignature } from './signature-check.ts';
import { buildTrust, trustDocument, type TrustDocument } from './trust.ts';

const nowMs = Date.UTC(2026, 10, 23, 9, 30);
const ca = createTestCa({ demo: true, now: () => nowMs, keys: 'ec-p256' });
const platform = { platform: 'synaq', profile: 'demo' } as const;
const key = makeKey('rsa-2048');
const person = ca.issue({
  subjectPublicKeyInfo: key.subjectPublicKeyInfo,
  holder: {
    surname: 'ӘЛІМҚҰЛОВА',
    name: 'ҒАЗИЗА',
    iin: '900101400013',
    organisation: { name: '«Қорған» АҚ', bin: '990140000385' },
  },
  roles: ['employee'],
});
const lists = ca.crls().map((der) => {
  const list = parseRevocationList(der);
  if (!list.ok) throw new Error(list.refusal.code);
  return list.value;
});

const issuing = parseCertificate(ca.issuingCertificate);
const authority = (issuing.ok ? issuing.value.extensions.subjectKeyIdentifier : undefined) ?? '';

function trustWith(roleMaps?: TrustDocument['roleMaps'], live?: LiveAnswers) {
  const hashOf = (der: Uint8Array): string => sha256Hex(der);
  const document = trustDocument.parse({
    ...{ form: 'qorgan.trust/1', ...platform, version: 1 },
    anchors: [hashOf(ca.rootCertificate)],
    intermediates: [hashOf(ca.issuingCertificate)],
    ...(roleMaps === undefined ? {} : { roleMaps }),
  });
  const listed = lists.map(({ sha256, thisUpdateMs, authorityKeyIdentifier = '' }) => ({
    authority: authorityKeyIdentifier,
    sha256,
    thisUpdateMs,
  }));
  const revocation = revocationDocument.parse({ form: 'qorgan.revocation/1', ...platform, version: 1, lists: listed });
  const source = {
    document,
    policy: firstPolicy({ ...platform, logOrigin: '', operatorName: '', url: '' } as never, 0),
    certificates: [ca.rootCertificate, ca.issuingCertificate].map((der) => ({
      sha256: hashOf(der),
      kind: '',
      der: Buffer.from(der),
      at_ms: 0,
    })),
    listed: listedBy([revocation]),
    lists: lists.map(({ sha256, der }) => ({ sha256, der: Buffer.from(der), at_ms: 0 })),
  };
  return buildTrust(source, { nowMs: () => nowMs, live });
}

function signed(): { cms: Uint8Array; content: Uint8Array; atMs: number } {
  const content = Buffer.from('{}');
  const prepared = prepareBes({
    content,
    certificate: person.certificate,
    signingTimeMs: nowMs,
    algorithm: 'rsa-pkcs1-sha256',
  });
  if (!prepared.ok) throw new Error(prepared.refusal.code);
  const cms = prepared.value.finish(sign('sha256', prepared.value.signedAttributes, key.privateKey));
  if (!cms.ok) throw new Error(cms.refusal.code);
  return { cms: cms.value, content, atMs: nowMs };
}

test('roles are read in the language of the authority that a registry named, and of no other', () => {
  const rolesBy = (roleMaps?: TrustDocument['roleMaps']) =>
    trustWith(roleMaps).verifier.verify({ ...signed(), referenceTime: 'given' }).signer?.roles;
  expect(Object.values(nationalRoles)).toContain('employee');
  expect(rolesBy()).toContain('employee');
  expect(rolesBy([{ authority, map: 'national' }])).toContain('employee');
  expect(rolesBy([{ authority, map: 'bts-digital' }])).toEqual([]);
  expect(rolesBy([{ authority: 'ab', map: 'national' }])).toEqual([]);
});

test('a trust document with a role map that is not known is none', () => {
  const text = {
    form: 'qorgan.trust/1',
    ...platform,
    version: 1,
    anchors: [],
    intermediates: [],
    roleMaps: [{ authority, map: 'toString' }],
  };
  expect(trustDocument.safeParse(text).success).toBe(false);
});

test('what is kept with an act names the lists that let it in, and those alone', () => {
  const checked = checkSignature(trustWith(), signed());
  if (!checked.ok) throw new Error(checked.refusal.code);
  const validation = JSON.parse(checked.value.validation) as { lists: string[]; responses: string[] };
  expect(validation.lists.toSorted()).toEqual(lists.map(({ sha256 }) => sha256).toSorted());
  expect(validation.responses).toEqual([]);
});

test('an answer beyond the log refuses by its own reason, and none lets in whom the lists of the log do not', () => {
  const delta = parseRevocationList(ca.deltaCrl(nowMs));
  if (!delta.ok) throw new Error(delta.refusal.code);
  const liveWith = (held: Partial<LiveAnswers>): LiveAnswers => ({
    ...{
      lists: () => [],
      responses: () => [],
      edition: () => 1,
      note: () => undefined,
      certificateOf: () => undefined,
    },
    ...held,
  });
  const atMs = nowMs + 2_000;
  const secondOf = (lists: readonly RevocationList[]) => {
    const trust = trustWith(undefined, liveWith({ lists: () => lists }));
    const first = checkSignature(trust, { ...signed(), atMs });
    // The lists of the log let it in either way.
    if (!first.ok) throw new Error(first.refusal.code);
    return checkLive(trust, first.value, atMs);
  };
  expect(secondOf([delta.value]).ok).toBe(true);
  ca.revoke(person.serial, 1);
  const naming = parseRevocationList(ca.deltaCrl(nowMs + 1_000));
  if (!naming.ok) throw new Error(naming.refusal.code);
  const refusal = { code: 'certificate-revoked', details: { reason: 'revoked' } };
  expect(secondOf([naming.value])).toMatchObject({ ok: false, refusal });
});
