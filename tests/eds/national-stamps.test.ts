import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  attachTimeStamp,
  certificatesInFile,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  nationalTimeStampPolicies,
  parseRevocationList,
  parseSignedData,
  parseTimeStampResponse,
  parseTimeStampToken,
  type Certificate,
  type TimeStampTrust,
  type TrustConfiguration,
  type VerificationReport,
  type VerificationRequest,
} from '../../eds/index.ts';
import { sharedData } from '../shared-data.ts';
import { certificateOf, content, makeCa, makeSigner, nowMs, signBes, unwrap } from './world.ts';

/** Printed with every failure; another seed is as good. */
const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261125);
/** Set to alter every octet of both files by each mask, which takes minutes; else a share that the seed picks. */
const isEveryOctet = process.env['QORGAN_EVERY_OCTET'] !== undefined;

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so no real time-stamp was judged\n');

const everyBit = [1, 2, 4, 8, 16, 32, 64, 128, 255];

const bytes = (path: string): Uint8Array => readFileSync(join(data ?? '', 'pki', path));
const fileMs = Date.UTC(2026, 8, 1);
const genTimeMs = Date.UTC(2026, 6, 20, 9, 8, 7);

const certificate = (path: string): Certificate => {
  const [first] = unwrap(certificatesInFile(bytes(path)));
  if (first === undefined) throw new Error(`${path} holds no certificate`);
  return first;
};

const believed: TimeStampTrust = { policies: nationalTimeStampPolicies, issuers: 'any', revocation: 'if-known' };

function trust(changes: Partial<TrustConfiguration> = {}): TrustConfiguration {
  const store = createRevocationStore({
    lists: [unwrap(parseRevocationList(bytes('test-crl/nca_gost2022_test.2026-08.crl')))],
  });
  return {
    // The issuing authorities themselves, since no list of their roots is at hand.
    anchors: [certificate('test-ca/nca_gost2022_test.cer'), certificate('prod/nca_gost_2022.pem')],
    intermediates: [],
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [],
    timeStamping: believed,
    revocation: () => store,
    ...changes,
  };
}

const files = ['attached', 'detached'] as const;
const fileOf = (form: (typeof files)[number]): Uint8Array => bytes(`test-cms/individual_${form}.der`);

function judge(
  cms: Uint8Array,
  request: Partial<VerificationRequest> = {},
  changes: Partial<TrustConfiguration> = {},
): VerificationReport {
  const signed = bytes('test-cms/individual_document.txt');
  return createVerifier(trust(changes)).verify({ cms, content: signed, atMs: fileMs, ...request });
}

/** The token inside a file. */
function tokenOf(cms: Uint8Array): Uint8Array {
  const [signer] = unwrap(parseSignedData(cms)).signers;
  return signer?.unsignedAttributes[0]?.values[0] ?? new Uint8Array(0);
}

describe.skipIf(data === undefined)('a national signature with a time-stamp of the production authority', () => {
  test.each(files)('%s is VALID at the time of its stamp', (form) => {
    expect(judge(fileOf(form))).toMatchObject({
      verdict: 'VALID',
      indication: 'TOTAL-PASSED',
      referenceTimeMs: genTimeMs,
      signer: { iin: '123456789011', roles: ['individual'], algorithm: 'gost-34.10-2015-512' },
      timeStamps: [
        {
          verdict: 'VALID',
          reason: 'time-stamp-verified',
          genTimeMs,
          policy: '1.2.398.3.3.2.6.4',
          authority: 'TIME-STAMPING AUTHORITY',
          isRevocationKnown: false,
        },
      ],
    });
  });

  test('tells which path the stamp stands on', () => {
    const [path] = judge(fileOf('detached')).evidence.timeStampPaths;
    expect(path?.map((one) => one.subject.commonName)).toEqual([
      'TIME-STAMPING AUTHORITY',
      'ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022',
    ]);
  });

  test('stays VALID when the signer has expired, as the list speaks for the time of the stamp, and does not at the given time', () => {
    const afterExpiryMs = Date.UTC(2027, 5, 1);
    expect(judge(fileOf('detached'), { atMs: afterExpiryMs })).toMatchObject({
      verdict: 'VALID',
      referenceTimeMs: genTimeMs,
    });
    expect(judge(fileOf('detached'), { atMs: afterExpiryMs, referenceTime: 'given' })).toMatchObject({
      verdict: 'INVALID',
      reason: 'certificate-expired',
      referenceTimeMs: afterExpiryMs,
      timeStamps: [{ verdict: 'VALID' }],
    });
  });

  test.each<[string, Partial<VerificationRequest>, Partial<TrustConfiguration>, string]>([
    [
      'whose policy is not listed',
      {},
      { timeStamping: { ...believed, policies: ['1.2.398.3.3.2.6.2'] } },
      'time-stamp-policy-unlisted',
    ],
    [
      'whose issuer is not listed',
      {},
      { timeStamping: { ...believed, issuers: ['00'] } },
      'time-stamp-authority-unlisted',
    ],
    [
      'of whose revocation nothing is known, where that is required',
      {},
      { timeStamping: { ...believed, revocation: 'required' } },
      'time-stamp-authority-revocation-unknown',
    ],
    ['later than the given time', { atMs: genTimeMs - 1 }, {}, 'time-stamp-from-future'],
  ])('is not VALID by a stamp %s', (_, request, changes, reason) => {
    expect(judge(fileOf('detached'), request, changes)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason,
      referenceTimeMs: request.atMs ?? fileMs,
      timeStamps: [{ verdict: 'INDETERMINATE', reason }],
    });
  });

  test('is not VALID where the authority of the stamp leads to no anchor, or nobody is believed', () => {
    const anchors = [certificate('test-ca/nca_gost2022_test.cer')];
    expect(judge(fileOf('detached'), {}, { anchors })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-authority-untrusted',
      timeStamps: [{ stages: [{}, {}, {}, { reason: 'certificate-unexplained' }, { reason: 'issuer-unknown' }] }],
    });
    const { timeStamping: _, ...unbelieving } = trust();
    const report = createVerifier(unbelieving).verify({ cms: fileOf('attached'), atMs: fileMs });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'time-stamp-unsupported' });
  });

  test('is INVALID with the stamp of another signature, though that stamp is right', () => {
    const ca = makeCa();
    const store = createRevocationStore({ lists: ca.crls().map((list) => unwrap(parseRevocationList(list))) });
    const known = {
      anchors: [certificateOf(ca.rootCertificate), certificate('prod/nca_gost_2022.pem')],
      intermediates: [certificateOf(ca.issuingCertificate)],
      revocation: (): typeof store => store,
    };
    const own = signBes(makeSigner(ca));
    expect(judge(own, { content, atMs: nowMs }, known)).toMatchObject({ verdict: 'VALID', timeStamps: [] });
    const foreign = unwrap(attachTimeStamp(own, tokenOf(fileOf('detached'))));
    const report = judge(foreign, { content, atMs: nowMs }, known);
    expect(report).toMatchObject({
      verdict: 'INVALID',
      reason: 'time-stamp-imprint-differs',
      indication: 'TOTAL-FAILED',
      subIndication: 'HASH_FAILURE',
      referenceTimeMs: nowMs,
    });
    expect(report.timeStamps[0]?.stages.every(({ outcome }) => outcome === 'PASS')).toBe(true);
  });

  test('is VALID with its stamp attached twice', () => {
    const twice = unwrap(attachTimeStamp(fileOf('detached'), tokenOf(fileOf('attached'))));
    expect(judge(twice)).toMatchObject({ verdict: 'VALID', timeStamps: [{ verdict: 'VALID' }, { verdict: 'VALID' }] });
  });

  test(
    `altered in one octet is never VALID (${isEveryOctet ? 'every octet' : `seed ${seed}`})`,
    { timeout: 3_600_000 },
    () => {
      const verifier = createVerifier(trust());
      const accepted: string[] = [];
      let tried = 0;
      const alter = (form: (typeof files)[number], at: number, mask: number): void => {
        const mutant = Uint8Array.from(fileOf(form));
        mutant[at] = (mutant[at] ?? 0) ^ mask;
        const signed = form === 'detached' ? { content: bytes('test-cms/individual_document.txt') } : {};
        tried += 1;
        if (verifier.verify({ cms: mutant, atMs: fileMs, ...signed }).verdict === 'VALID')
          accepted.push(`${form} ${at} ${mask}`);
      };
      for (const form of files) {
        const { length } = fileOf(form);
        if (isEveryOctet) for (let at = 0; at < length; at += 1) for (const mask of everyBit) alter(form, at, mask);
        else
          fc.assert(
            fc.property(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => alter(form, at, mask)),
            {
              seed,
              numRuns: 150,
            },
          );
      }
      if (isEveryOctet) process.stderr.write(`${tried} altered files\n`);
      expect(accepted).toEqual([]);
    },
  );
});

describe.skipIf(data === undefined)('a real answer of the national test service', () => {
  test('is read: granted, with the request number, over SHA-1 under the policy of 2004', () => {
    const response = unwrap(parseTimeStampResponse(bytes('test-tsp/tsp_response.bin')));
    expect(response).toMatchObject({ status: 0, failures: [] });
    const { info, signer } = unwrap(parseTimeStampToken(response.token ?? new Uint8Array(0)));
    expect(info).toMatchObject({
      policy: '1.2.398.3.3.2.6.1',
      imprint: { digestOid: '1.3.14.3.2.26' },
      genTimeMs: Date.UTC(2022, 8, 18, 13, 20, 14),
      accuracyMs: 0,
      nonce: '018350c022d7',
      authority: undefined,
    });
    expect(signer.signedAttributes?.signingCertificate).toBeUndefined();
    expect(signer.signedAttributes?.signingCertificateV1?.digestOid).toBe('1.3.14.3.2.26');
  });

  test('holds the token that stands alone beside it', () => {
    const response = unwrap(parseTimeStampResponse(bytes('test-tsp/tsp_response.bin')));
    expect(response.token).toEqual(new Uint8Array(bytes('test-tsp/tsp_token.bin')));
  });
});
