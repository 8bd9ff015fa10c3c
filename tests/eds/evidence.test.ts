import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonicalize, type Json } from '../../core/kernel/index.ts';
import { makeKey, writeTimeStampToken } from '../../dev/ca/index.ts';
import { hierarchy, list } from './hierarchy.ts';
import { besOf, stamped as stampedBy, stampMs, stampTrust, underRoot } from './stamping.ts';
import {
  attachTimeStamp,
  createVerifier,
  packEvidence,
  parseSignedData,
  trustRulesHash,
  verifyEvidence,
  type EvidenceTrust,
  type TrustConfiguration,
  type VerificationRequest,
} from '../../eds/index.ts';
import { certificateOf, content, makeCa, makeSigner, nowMs, signBes, storeOf, trustOf, unwrap } from './world.ts';

const stampPolicy = '1.2.398.3.3.2.6.4';
const hourMs = 60 * 60 * 1000;
const ca = makeCa({ now: () => nowMs });
const trust = trustOf(ca, { timeStamping: { policies: [stampPolicy], issuers: 'any', revocation: 'required' } });
/** A reader's own: none of the authorities between is in it. */
const rules: EvidenceTrust = { ...trust, intermediates: [] };
const signer = makeSigner(ca);
const bare = signBes(signer);
const stamper = makeKey('ec-p256');
const stamperCertificate = ca.issueService({
  subjectPublicKeyInfo: stamper.subjectPublicKeyInfo,
  purpose: 'time-stamps',
}).certificate;

/** The signature with a time-stamp of the moment. */
function stamped(cms: Uint8Array, genTimeMs: number): Uint8Array {
  const signature = unwrap(parseSignedData(cms)).signers[0]?.signature ?? new Uint8Array(0);
  const digest = new Uint8Array(createHash('sha256').update(signature).digest());
  const imprint = { digestOid: '2.16.840.1.101.3.4.2.1', digest };
  const token = { policy: stampPolicy, imprint, serial: '07', genTimeMs, certificate: stamperCertificate };
  return unwrap(attachTimeStamp(cms, writeTimeStampToken(token, stamper)));
}

function packOf(request: VerificationRequest, by: TrustConfiguration = trust): string {
  return unwrap(packEvidence(createVerifier(by).verify(request), request, by));
}

const codeOf = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string =>
  result.ok ? 'VALID' : (result.refusal?.code ?? '');

const plain: VerificationRequest = {
  cms: bare,
  content,
  atMs: nowMs,
  requireRoles: ['employee'],
  referenceTime: 'given',
};
const withStamp: VerificationRequest = { cms: stamped(bare, nowMs - hourMs), content, atMs: nowMs };

type Fields = Record<string, Json>;
const fieldsOf = (pack: string): Fields => JSON.parse(pack) as Fields;
const altered = (pack: string, change: (fields: Fields) => void): string => {
  const fields = fieldsOf(pack);
  change(fields);
  return canonicalize(fields);
};

describe('an evidence pack', () => {
  test('proves a signature again by the anchors and rules alone, at the time that the reader knows', () => {
    const pack = packOf(plain);
    const report = unwrap(verifyEvidence({ pack, content, trust: rules, judgedAtMs: nowMs }));
    expect(report).toMatchObject({ verdict: 'VALID', referenceTimeMs: nowMs, signer: { iin: '900101400013' } });
    expect(report.evidence.path).toHaveLength(3);
    // Neither the authority between nor any list was given by the reader.
    expect(fieldsOf(pack)['certificates']).toHaveLength(3);
    expect(fieldsOf(pack)['revocationLists']).toHaveLength(2);
  });

  test('is made of no verdict that excused an authority, whose certificate anybody could have put into it', () => {
    const [, issuing] = ca.crls();
    const store = storeOf([issuing]);
    const excusing: TrustConfiguration = { ...trust, revocation: () => store, authorityRevocation: 'if-known' };
    const report = createVerifier(excusing).verify(plain);
    expect(report.verdict).toBe('VALID');
    const packed = packEvidence(report, plain, excusing);
    expect(packed).toMatchObject({
      ok: false,
      refusal: { code: 'evidence-not-valid', details: { reason: 'crl-missing' } },
    });
  });

  test('does not vouch for its own time', () => {
    const pack = packOf(plain);
    expect(codeOf(verifyEvidence({ pack, content, trust: rules }))).toBe('evidence-time-unproven');
    expect(codeOf(verifyEvidence({ pack, content, trust: rules, judgedAtMs: nowMs + 1 }))).toBe(
      'evidence-time-unproven',
    );
  });

  test('with time-stamps proves its time by them, and holds the path of their authority', () => {
    const pack = packOf(withStamp);
    const report = unwrap(verifyEvidence({ pack, content, trust: rules }));
    expect(report).toMatchObject({ verdict: 'VALID', referenceTimeMs: nowMs - hourMs });
    expect(fieldsOf(pack)['certificates']).toContain(Buffer.from(stamperCertificate).toString('base64'));
    const ignored = packOf({ ...withStamp, referenceTime: 'given' });
    expect(codeOf(verifyEvidence({ pack: ignored, content, trust: rules }))).toBe('evidence-time-unproven');
    expect(codeOf(verifyEvidence({ pack: ignored, content, trust: rules, judgedAtMs: nowMs }))).toBe('VALID');
    // A reader who knows the time of receipt does not take the time of a stamp instead, nor a pack that says another kind of time.
    expect(codeOf(verifyEvidence({ pack, content, trust: rules, judgedAtMs: nowMs }))).toBe('evidence-time-unproven');
    const relabelled = altered(packOf(plain), (fields) => void (fields['referenceTime'] = 'time-stamp'));
    expect(codeOf(verifyEvidence({ pack: relabelled, content, trust: rules }))).toBe('evidence-time-unproven');
  });

  test('is asked for roles by the reader', () => {
    const ask = (role: 'employee' | 'head'): string =>
      codeOf(verifyEvidence({ pack: packOf(plain), content, trust: rules, judgedAtMs: nowMs, requireRoles: [role] }));
    expect([ask('employee'), ask('head')]).toEqual(['VALID', 'evidence-not-valid']);
  });

  test('is asked about the right content, given or attached', () => {
    const other = new TextEncoder().encode('other');
    const ask = (pack: string, octets?: Uint8Array): string =>
      codeOf(
        verifyEvidence({ pack, ...(octets === undefined ? {} : { content: octets }), trust: rules, judgedAtMs: nowMs }),
      );
    expect([ask(packOf(plain), content), ask(packOf(plain), other), ask(packOf(plain))]).toEqual([
      'VALID',
      'evidence-content-differs',
      'evidence-content-differs',
    ]);
    const attached = packOf({ cms: signBes(signer, { form: 'attached' }), atMs: nowMs });
    expect([ask(attached), ask(attached, content), ask(attached, other)]).toEqual([
      'VALID',
      'VALID',
      'evidence-content-differs',
    ]);
  });

  test('is not accepted under other rules or by other anchors', () => {
    const pack = packOf(plain);
    const by = (changes: Partial<EvidenceTrust>): string =>
      codeOf(verifyEvidence({ pack, content, trust: { ...rules, ...changes }, judgedAtMs: nowMs }));
    expect(by({ refusedPolicies: ['1.2.3'] })).toBe('evidence-trust-differs');
    expect(by({ ocspAgeMaxMs: 1 })).toBe('evidence-trust-differs');
    expect(by({ carriers: ['kaztoken'] })).toBe('evidence-trust-differs');
    expect(by({ algorithmPolicy: { ...rules.algorithmPolicy, schemes: [{ name: 'rsa-pkcs1-sha1' }] } })).toBe(
      'evidence-trust-differs',
    );
    expect(by({ anchors: [certificateOf(makeCa().rootCertificate)] })).toBe('evidence-not-valid');
    expect(by({})).toBe('VALID');
  });

  test('names the same rules the same in whatever order', () => {
    const shuffled = { ...rules, refusedPolicies: ['1.2.4', '1.2.3', '1.2.4'] };
    expect(trustRulesHash(shuffled)).toBe(trustRulesHash({ ...rules, refusedPolicies: ['1.2.3', '1.2.4'] }));
    expect(trustRulesHash(shuffled)).not.toBe(trustRulesHash(rules));
  });

  const stranger = makeCa();
  const lists = ['certificates', 'revocationLists'] as const;
  const removals = lists.flatMap((name) => [0, 1].map((at) => [name, at] as const));

  test.each(removals)('without one of its %s (%i) is refused', (name, at) => {
    const pack = altered(packOf(withStamp), (fields) => {
      fields[name] = (fields[name] as readonly Json[]).toSpliced(at, 1);
    });
    expect(codeOf(verifyEvidence({ pack, content, trust: rules }))).toMatch(/^evidence-(?:not-valid|differs)$/u);
  });

  test('with something that did not decide, or with another spelling, is refused', () => {
    const pack = packOf(plain);
    const judge = (text: string): string =>
      codeOf(verifyEvidence({ pack: text, content, trust: rules, judgedAtMs: nowMs }));
    const more = (name: string, octets: Uint8Array): string =>
      altered(pack, (fields) => {
        fields[name] = [...(fields[name] as readonly Json[]), Buffer.from(octets).toString('base64')];
      });
    expect(judge(more('certificates', stranger.rootCertificate))).toBe('evidence-differs');
    expect(judge(more('revocationLists', stranger.crl()))).toBe('evidence-differs');
    expect(judge(more('revocationLists', Uint8Array.of(1)))).toBe('evidence-malformed');
    expect(judge(altered(pack, (fields) => void (fields['form'] = 'qorgan.evidence/2')))).toBe('evidence-malformed');
    expect(judge(altered(pack, (fields) => void (fields['more'] = 1)))).toBe('evidence-malformed');
    expect(judge(altered(pack, (fields) => void delete fields['cms']))).toBe('evidence-malformed');
    expect(judge(`${pack}\n`)).toBe('evidence-malformed');
    expect(judge(pack)).toBe('VALID');
  });

  test('altered in any one character is refused', () => {
    const pack = packOf(plain);
    const accepted: number[] = [];
    for (let at = 0; at < pack.length; at += 3) {
      const letter = pack[at] === 'A' ? 'B' : 'A';
      const mutant = `${pack.slice(0, at)}${letter}${pack.slice(at + 1)}`;
      if (verifyEvidence({ pack: mutant, content, trust: rules, judgedAtMs: nowMs }).ok) accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  test('is made of VALID verdicts only, and only when it proves itself', () => {
    const other = makeCa();
    const untrusted = trustOf(other);
    const report = createVerifier(untrusted).verify(plain);
    expect(codeOf(packEvidence(report, plain, untrusted))).toBe('evidence-not-valid');
    // A report that is no answer to the request.
    const good = createVerifier(trust).verify(plain);
    expect(codeOf(packEvidence(good, { ...plain, content: Uint8Array.of(1) }, trust))).toBe('evidence-not-valid');
    expect(codeOf(packEvidence(good, { cms: bare, atMs: nowMs }, trust))).toBe('evidence-content-differs');
  });

  test('of today stays proven when lists of later revoke the signer', () => {
    const own = makeCa();
    const person = makeSigner(own);
    const before = trustOf(own);
    const request = { cms: signBes(person), content, atMs: nowMs };
    const pack = packOf(request, before);
    own.revoke(person.serial, 1);
    const store = storeOf(own.crls());
    expect(createVerifier({ ...before, revocation: () => store }).verify(request).verdict).toBe('INVALID');
    expect(codeOf(verifyEvidence({ pack, content, trust: before, judgedAtMs: nowMs }))).toBe('VALID');
  });

  test('opens no window of the algorithm policy for an authority that only the pack brings: it may be younger than the stamp', () => {
    const weak = hierarchy({ issuing: { digest: 'sha1' } });
    const store = storeOf([list('root'), list('issuing')]);
    const { keys, schemes, digests } = trust.algorithmPolicy;
    const open = schemes.map((one) => (one.name === 'ecdsa-sha1' ? { ...one, acceptedUntilMs: stampMs } : one));
    const issuing = certificateOf(weak.issuing);
    const by: TrustConfiguration = {
      ...trust,
      anchors: [certificateOf(weak.root)],
      intermediates: [issuing],
      algorithmPolicy: { name: 'windowed', keys, schemes: open, digests },
      timeStamping: stampTrust,
      revocation: () => store,
    };
    const request = { cms: stampedBy(besOf(weak), { certificate: underRoot }), content, atMs: nowMs };
    const pack = packOf(request, by);
    expect(codeOf(verifyEvidence({ pack, content, trust: by }))).toBe('VALID');
    expect(verifyEvidence({ pack, content, trust: { ...by, intermediates: [] } })).toMatchObject({
      ok: false,
      refusal: { code: 'evidence-not-valid', details: { reason: 'certificate-algorithm-weak' } },
    });
  });
});
