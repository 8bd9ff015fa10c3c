import { sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createTestCa, makeKey, type IssueRequest, type TestCa } from '../../dev/ca/index.ts';
import {
  carrierOid,
  createRevocationStore,
  parseCertificate,
  parseRevocationList,
  prepareBes,
  type Certificate,
  type RevocationStore,
} from '../../eds/index.ts';
import type { Engine, Enrolment } from './context.ts';
import { readSignatureView } from './signature-view.ts';
import { certificateJudge, trustHintOf } from './trust.ts';

const nowMs = Date.UTC(2026, 10, 23, 9, 30);
const dayMs = 86_400_000;
const caOf = (): TestCa => createTestCa({ demo: true, now: () => nowMs, keys: 'ec-p256' });
const ca = caOf();
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
const key = makeKey('rsa-2048');
const holder = { surname: 'ӘЛІМҚҰЛОВА', name: 'ҒАЗИЗА', iin: '900101400013' };

function issued(change: Partial<IssueRequest> = {}, by = ca): Certificate {
  const request = { subjectPublicKeyInfo: key.subjectPublicKeyInfo, holder, roles: ['individual'], ...change } as const;
  const parsed = parseCertificate(by.issue(request).certificate);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value;
}

const enrolmentWith = (carriers: readonly string[] = []): Enrolment =>
  ({
    bundle: { profile: 'demo', anchors: [base64(ca.rootCertificate)], intermediates: [base64(ca.issuingCertificate)] },
    policies: [],
    policy: { signatures: { carriers, refusedPolicies: [] } },
  }) as unknown as Enrolment;

const nothingKnown = createRevocationStore({});
const listsOf = (authority: TestCa): RevocationStore =>
  createRevocationStore({
    lists: authority.crls().flatMap((der) => {
      const list = parseRevocationList(der);
      return list.ok ? [list.value] : [];
    }),
  });

type World = { readonly enrolment?: Enrolment; readonly isLocked?: boolean; readonly store?: RevocationStore };

/** An engine in a shift, locked with what it remembers, or before enrolment. */
function engineOf({ enrolment, isLocked = false, store = nothingKnown }: World): Engine {
  const hints = enrolment === undefined ? undefined : { trust: trustHintOf(enrolment) };
  return {
    state: {
      shift: isLocked || enrolment === undefined ? undefined : { enrolment },
      revocation: { store, askedAtMs: null },
    },
    files: { hints: () => hints },
  } as unknown as Engine;
}

const reasonFor = (certificate: Certificate, world: World, atMs = nowMs): string =>
  certificateJudge(engineOf(world))(certificate, atMs) ?? 'usable';

describe.each([
  ['in a shift', false],
  ['while locked', true],
])('a certificate on a card, %s', (_when, isLocked) => {
  const world = { enrolment: enrolmentWith(), isLocked };

  test('can sign where it leads to an anchor of the enrolment, although nothing is known about its revocation', () => {
    expect(reasonFor(issued(), world)).toBe('usable');
  });

  test('cannot where it is of another authority, for another purpose, or out of its time', () => {
    expect(reasonFor(issued({}, caOf()), world)).toBe('issuer-unknown');
    expect(reasonFor(issued({ purpose: 'authentication' }), world)).toBe('purpose-wrong');
    expect(reasonFor(issued(), world, nowMs + 3_650 * dayMs)).toBe('certificate-expired');
    expect(reasonFor(issued({ notBeforeMs: nowMs + dayMs, notAfterMs: nowMs + 2 * dayMs }), world)).toBe(
      'certificate-not-yet-valid',
    );
  });

  test('cannot where the policy wants another carrier', () => {
    const strict = { enrolment: enrolmentWith([carrierOid('kaztoken') ?? '']), isLocked };
    expect(reasonFor(issued({ carrier: 'kaztoken' }), strict)).toBe('usable');
    expect(reasonFor(issued({ carrier: 'file-pkcs12' }), strict)).toBe('carrier-refused');
  });

  test.each(['file-pkcs12', 'file-jks', 'cloud'] as const)('cannot where its key is no card: %s', (carrier) => {
    const named = { enrolment: enrolmentWith([carrierOid(carrier) ?? '']), isLocked };
    for (const one of [world, named]) expect(reasonFor(issued({ carrier }), one)).toBe('carrier-refused');
  });

  test('cannot where nothing says where its key is', () => {
    expect(reasonFor(issued({ carrier: 'unknown' }), world)).toBe('carrier-unknown');
  });
});

test('a certificate that stands on a list at hand cannot sign', () => {
  const certificate = issued();
  ca.revoke(certificate.serial, 1);
  expect(reasonFor(certificate, { enrolment: enrolmentWith(), store: listsOf(ca) })).toBe('revoked');
});

test('before enrolment only what needs no anchor is judged', () => {
  expect(reasonFor(issued({}, caOf()), {})).toBe('usable');
  expect(reasonFor(issued({ purpose: 'authentication' }), {})).toBe('purpose-wrong');
  expect(reasonFor(issued(), {}, nowMs + 3_650 * dayMs)).toBe('certificate-expired');
});

describe('the report about a signature', () => {
  const text = '{"form":"qorgan.act/1"}';
  function cmsBy(certificate: Certificate): string {
    const prepared = prepareBes({
      content: Buffer.from(text),
      certificate: certificate.der,
      signingTimeMs: nowMs,
      algorithm: 'rsa-pkcs1-sha256',
    });
    if (!prepared.ok) throw new Error(prepared.refusal.code);
    const cms = prepared.value.finish(sign('sha256', prepared.value.signedAttributes, key.privateKey));
    if (!cms.ok) throw new Error(cms.refusal.code);
    return base64(cms.value);
  }

  async function viewOf(kept: object, store = nothingKnown) {
    const enrolment = enrolmentWith();
    const given = { envelope: text, cms: '', receivedAtMs: nowMs + 1_000, recordedAtMs: null, ...kept };
    const engine = {
      ...engineOf({ enrolment, store }),
      vault: { call: async () => ({ ok: true, value: given }) },
    } as unknown as Engine;
    const view = await readSignatureView(engine, { enrolment } as never, { caseId: 'c', actionId: 'a' });
    if (!view.ok) throw new Error(view.refusal.code);
    return view.value;
  }

  test('says VALID with lists at hand, and tells their age', async () => {
    const view = await viewOf({ cms: cmsBy(issued()) }, listsOf(ca));
    expect(view).toMatchObject({ verdict: 'VALID', conclusion: 'valid', indication: 'TOTAL-PASSED', otherSigners: 0 });
    expect(view.stages.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 9 }, () => 'PASS'));
    expect(view.signer).toMatchObject({ iin: holder.iin, iinCheck: 'right', algorithm: 'rsa-pkcs1-sha256' });
    expect([view.referenceTimeMs, view.revocationAsOfMs]).toEqual([nowMs + 1_000, nowMs]);
  });

  test('leaves revocation alone to the word of the server where no list is at hand, and says so apart', async () => {
    const view = await viewOf({ cms: cmsBy(issued()) });
    expect(view).toMatchObject({ verdict: 'INDETERMINATE', conclusion: 'verified-here', reason: 'crl-missing' });
    expect(view.revocationAsOfMs).toBeNull();
  });

  test('never says that of a certificate that leads to no anchor, nor of another text', async () => {
    expect((await viewOf({ cms: cmsBy(issued({}, caOf())) })).conclusion).toBe('indeterminate');
    const altered = await viewOf({ cms: cmsBy(issued()), envelope: `${text} ` });
    expect(altered).toMatchObject({ verdict: 'INVALID', conclusion: 'invalid', reason: 'content-differs' });
  });

  test('judges an own act that the server has not told as of its record, and holds no signed bytes', async () => {
    const cms = cmsBy(issued());
    const view = await viewOf({ cms, receivedAtMs: null, recordedAtMs: nowMs + 5 });
    expect([view.referenceTimeMs, view.receivedAtMs, view.recordedAtMs]).toEqual([nowMs + 5, null, nowMs + 5]);
    expect(JSON.stringify(view)).not.toContain(cms.slice(0, 40));
  });
});
