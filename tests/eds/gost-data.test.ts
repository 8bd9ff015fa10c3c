import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAlgorithm, type AlgorithmIdentifier } from '../../eds/algorithms/index.ts';
import {
  contextTag,
  messageLimits,
  objectIdentifier,
  oids,
  openDer,
  readBitOctets,
  readOctets,
  readOid,
  readSmallInteger,
  tags,
} from '../../eds/der/index.ts';
import {
  certificatesInFile,
  nationalSuite,
  parseRevocationList,
  parseSignedData,
  type Certificate,
} from '../../eds/index.ts';
import { sharedData } from '../shared-data.ts';
import { certificateOf, unwrap } from './world.ts';

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so eds/gost met no real signature\n');

const folder = join(data ?? '', 'pki');
const bytes = (path: string): Uint8Array => readFileSync(join(folder, path));

/** Anything that someone signed: octets, signature and the algorithm that it claims. */
type Signed = {
  readonly signedPart: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
};

const isSignedBy = (signed: Signed, signer: Certificate, digestOid?: string): boolean | undefined =>
  nationalSuite
    .loadKey(signer.subjectPublicKeyInfo)
    ?.scheme(signed.signatureAlgorithm, digestOid)
    ?.verify(signed.signedPart, signed.signature);

function authorities(): ReadonlyMap<string, Certificate> {
  const paths = ['prod', 'test-ca'].flatMap((part) =>
    readdirSync(join(folder, part)).flatMap((name) => (/\.(?:cer|pem)$/u.test(name) ? [`${part}/${name}`] : [])),
  );
  const all = paths.flatMap((path) => unwrap(certificatesInFile(bytes(path))).map((one) => [path, one] as const));
  return new Map(all.filter(([, { subjectPublicKeyInfo }]) => nationalSuite.loadKey(subjectPublicKeyInfo)));
}

const issuersOf = (signed: Signed, among: ReadonlyMap<string, Certificate>): readonly string[] =>
  [...among].filter(([, issuer]) => isSignedBy(signed, issuer) === true).map(([path]) => path);

/** BasicOCSPResponse (RFC 6960 §4.2.1) with the responder's certificate. */
function readResponse(der: Uint8Array): Signed & { readonly responder: Certificate } {
  const response = openDer(der, messageLimits).enter(tags.sequence);
  response.skip();
  const typed = response.enter(contextTag(0)).enter(tags.sequence);
  readOid(typed);
  const basic = openDer(readOctets(typed), messageLimits).enter(tags.sequence);
  const signedPart = basic.element(tags.sequence);
  const signatureAlgorithm = readAlgorithm(basic);
  const signature = readBitOctets(basic);
  const responder = certificateOf(basic.enter(contextTag(0)).enter(tags.sequence).element());
  return { signedPart, signatureAlgorithm, signature, responder };
}

/** A CMS file with one signer: what was signed, and whether the digest in it is that of the content. */
function readCms(der: Uint8Array, detached?: Uint8Array) {
  const signedData = unwrap(parseSignedData(der));
  const [signer] = signedData.signers;
  const attributes = signer?.signedAttributes;
  if (signer === undefined || attributes === undefined) throw new Error('the file has no signer with attributes');
  const content = signedData.content ?? detached ?? new Uint8Array(0);
  const digest = nationalSuite.digest(signer.digestOid, content);
  return {
    signed: {
      signedPart: attributes.signedOctets,
      signature: signer.signature,
      signatureAlgorithm: signer.signatureAlgorithm,
    },
    digestOid: signer.digestOid,
    content,
    isContentRight: digest !== undefined && Buffer.compare(digest, attributes.messageDigest ?? content) === 0,
    certificates: signedData.certificates.map(certificateOf),
  };
}

/** The time-stamp token among the unsigned attributes. */
function tokenIn(cms: Uint8Array): Uint8Array {
  const name = objectIdentifier(oids.signatureTimeStamp);
  const at = Buffer.from(cms).indexOf(name) + name.length;
  return openDer(cms.subarray(at), messageLimits).enter(tags.set).element();
}

/** The imprint that a TSTInfo (RFC 3161 §2.4.2) vouches for. */
function imprintOf(info: Uint8Array): { readonly digestOid: string; readonly digest: Uint8Array } {
  const fields = openDer(info, messageLimits).enter(tags.sequence);
  readSmallInteger(fields);
  readOid(fields);
  const imprint = fields.enter(tags.sequence);
  return { digestOid: readAlgorithm(imprint).oid, digest: readOctets(imprint) };
}

const holders = ['individual', 'legal'].flatMap((kind) =>
  ['valid', 'revoked'].map((state) => `test-ee-p12/gost-2015-512/${kind}/${state}`),
);

describe.skipIf(data === undefined)('signatures of the national authority', () => {
  const known = data === undefined ? new Map<string, Certificate>() : authorities();

  test('every authority is certified by the one that its file is named after, and by no other', () => {
    const issuers = Object.fromEntries([...known].map(([path, one]) => [path, issuersOf(one, known)]));
    expect(issuers).toEqual({
      'prod/btsd_gost.cer': ['prod/root_gost_2020.cer'],
      'prod/nca_gost.pem': ['prod/root_gost.pem'],
      'prod/nca_gost_2022.pem': ['prod/root_gost_2022.pem'],
      'prod/root_gost.pem': ['prod/root_gost.pem'],
      'prod/root_gost_2020.cer': ['prod/root_gost_2020.cer'],
      'prod/root_gost_2022.pem': ['prod/root_gost_2022.pem'],
      'prod/ucgo_gost.cer': ['prod/root_gost_2020.cer'],
      'test-ca/nca_gost2022_test.cer': ['test-ca/root_test_gost_2022.cer'],
      'test-ca/root_test_gost_2022.cer': ['test-ca/root_test_gost_2022.cer'],
    });
    const families = new Set([...known.values()].map((one) => nationalSuite.loadKey(one.subjectPublicKeyInfo)?.family));
    expect(families).toEqual(new Set(['gost-2004', 'gost-2015-512']));
  });

  test('both revocation lists are signed by the test authority', () => {
    for (const path of readdirSync(join(folder, 'test-crl')))
      expect(issuersOf(unwrap(parseRevocationList(bytes(`test-crl/${path}`))), known)).toEqual([
        'test-ca/nca_gost2022_test.cer',
      ]);
  });

  test('responses about revocation are signed by a responder that the test authority certified', () => {
    for (const path of readdirSync(join(folder, 'test-ocsp'))) {
      const response = readResponse(bytes(`test-ocsp/${path}`));
      expect([path, isSignedBy(response, response.responder)]).toEqual([path, true]);
      expect(issuersOf(response.responder, known)).toEqual(['test-ca/nca_gost2022_test.cer']);
    }
  });

  test.each(['individual_attached.der', 'individual_detached.der'])(
    '%s is right: content, signature, time-stamp and its production authority',
    (path) => {
      const cms = bytes(`test-cms/${path}`);
      const file = readCms(cms, bytes('test-cms/individual_document.txt'));
      const [signer] = file.certificates;
      if (signer === undefined) throw new Error('the file carries its signer');
      expect([file.isContentRight, isSignedBy(file.signed, signer, file.digestOid)]).toEqual([true, true]);
      expect(issuersOf(signer, known)).toEqual(['test-ca/nca_gost2022_test.cer']);
      const token = readCms(tokenIn(cms));
      const [authority] = token.certificates;
      if (authority === undefined) throw new Error('the token carries its authority');
      expect([token.isContentRight, isSignedBy(token.signed, authority, token.digestOid)]).toEqual([true, true]);
      expect(issuersOf(authority, known)).toEqual(['prod/nca_gost_2022.pem']);
      const imprint = imprintOf(token.content);
      expect(nationalSuite.digest(imprint.digestOid, file.signed.signature)).toEqual(imprint.digest);
    },
  );

  test('the time-stamp token of 2004 and the response that brought it are right, and their authority is not among ours', () => {
    const response = openDer(bytes('test-tsp/tsp_response.bin'), messageLimits).enter(tags.sequence);
    response.skip();
    for (const der of [bytes('test-tsp/tsp_token.bin'), response.element()]) {
      const token = readCms(der);
      const [authority] = token.certificates;
      if (authority === undefined) throw new Error('the token carries its authority');
      expect([token.isContentRight, isSignedBy(token.signed, authority, token.digestOid)]).toEqual([true, true]);
      expect(token.digestOid).toBe(oids.gost95Digest);
      expect(issuersOf(authority, known)).toEqual([]);
    }
  });

  test('all twelve published holders are certified by the test authority', () => {
    const found = holders.flatMap((path) => readdirSync(join(folder, path)).map((name) => `${path}/${name}`));
    expect(found).toHaveLength(12);
    for (const path of found) {
      const words = ['pkcs12', '-legacy', '-nokeys', '-clcerts', '-passin', 'pass:Qwerty12', '-in', join(folder, path)];
      const [holder] = unwrap(certificatesInFile(execFileSync('openssl', words, { stdio: 'pipe' })));
      if (holder === undefined) throw new Error(`${path} holds no certificate`);
      expect(issuersOf(holder, known)).toEqual(['test-ca/nca_gost2022_test.cer']);
    }
  });

  test('an octet changed anywhere in what the root signed is noticed', () => {
    const root = known.get('prod/root_gost_2022.pem');
    const authority = known.get('prod/nca_gost_2022.pem');
    if (root === undefined || authority === undefined) throw new Error('the production authorities are there');
    for (let at = 0; at < authority.signedPart.length; at += 37) {
      const signedPart = Uint8Array.from(authority.signedPart);
      signedPart[at] = (signedPart[at] ?? 0) ^ 1;
      expect(isSignedBy({ ...authority, signedPart }, root)).toBe(false);
    }
    for (const signature of [authority.signature.toReversed(), new Uint8Array(128)])
      expect(isSignedBy({ ...authority, signature }, root)).toBe(false);
  });
});
