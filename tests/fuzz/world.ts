import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  extensions,
  makeKey,
  memorySigner,
  writeKey,
  writeOcspResponse,
  writeTimeStampRefusal,
  writeTimeStampResponse,
  writeTimeStampToken,
  type OcspAnswerContent,
  type OcspContent,
  type TestCa,
} from '../../dev/ca/index.ts';
import { oids } from '../../eds/der/index.ts';
import {
  attachTimeStamp,
  createVerifier,
  joinSignatures,
  packEvidence,
  parseSignedData,
  signBes,
} from '../../eds/index.ts';
import { idOf } from '../eds/certificate-id.ts';
import { makeNationalWorld } from '../eds/national-world.ts';
import * as tests from '../eds/world.ts';
import { keyFilePassword, type Authority, type Input, type World } from './world-form.ts';
import { trustIn } from './trust.ts';

const { content, nowMs, unwrap } = tests;
const dayMs = 24 * 60 * 60 * 1000;
export const stampPolicy = '1.2.398.3.3.2.6.4';
/** Iterations of a key file, so that deriving takes microseconds: the count itself is mutated too. */
const iterations = '16';

/** Fresh authorities and keys, and right inputs of every kind made by them. Takes a second. */
export async function makeWorld(): Promise<World> {
  const ca = tests.makeCa({ keys: 'rsa-2048' });
  const people = await makeSignatures(ca);
  const revocation = makeRevocation(ca);
  const authority: Authority = {
    anchors: [ca.rootCertificate],
    intermediates: [ca.issuingCertificate],
    lists: [...ca.crls()],
    responses: [],
    content,
    atMs: nowMs,
    stampRevocation: 'required',
  };
  const national = makeNationalWorld('gost-2015-512');
  const stranger = tests.makeCa();
  const { token, person } = people;
  const response = { token: writeTimeStampResponse(token), refusal: writeTimeStampRefusal(2) };
  return {
    authority,
    signatures: people.signatures,
    certificates: [
      { it: 'root', octets: ca.rootCertificate },
      { it: 'issuing', octets: ca.issuingCertificate },
      { it: 'person', octets: person.certificate },
      { it: 'stranger', octets: stranger.rootCertificate },
    ],
    ...revocation,
    tokens: [{ it: 'token', octets: token }],
    bare: people.bare,
    stampResponses: [
      { it: 'granted', octets: response.token },
      { it: 'refused', octets: response.refusal },
    ],
    keyFiles: makeKeyFiles(person),
    packs: makePacks(authority, people.signatures),
    national: {
      authority: {
        anchors: national.trust.anchors.map(({ der }) => der),
        intermediates: national.trust.intermediates.map(({ der }) => der),
        lists: national.trust.anchors
          .concat(national.trust.intermediates)
          .flatMap((one) => national.trust.revocation().listsFor(one.extensions.subjectKeyIdentifier ?? ''))
          .map(({ der }) => der),
        responses: [],
        content,
        atMs: nowMs,
        stampRevocation: 'required',
      },
      signatures: [{ it: 'GOST 34.10-2015', octets: national.signBes() }],
    },
  };
}

type Signed = {
  readonly signatures: readonly Input[];
  readonly bare: Uint8Array;
  readonly token: Uint8Array;
  readonly person: tests.Signer;
};

async function makeSignatures(ca: TestCa): Promise<Signed> {
  const person = tests.makeSigner(ca, 'rsa-2048');
  const rsa = tests.signBes(person, { kind: 'rsa-2048' });
  const attached = tests.signBes(person, { kind: 'rsa-2048', form: 'attached' });
  const chain = [ca.issuingCertificate, ca.rootCertificate];
  const elliptic = tests.signBes(tests.makeSigner(ca), { chain });
  const large = tests.signBes(tests.makeSigner(ca, 'ec-p384'), { kind: 'ec-p384' });
  const pss = await signBes(memorySigner(person.certificate, person.key.privateKey, { isPss: true }), {
    content,
    signingTimeMs: nowMs,
  });
  const token = tokenOver(ca, rsa);
  const stamped = unwrap(attachTimeStamp(rsa, token));
  const two = unwrap(joinSignatures(rsa, elliptic));
  const attachedTwo = unwrap(joinSignatures(attached, tests.signBes(tests.makeSigner(ca), { form: 'attached' })));
  const signatures: readonly Input[] = [
    { it: 'RSA', octets: rsa },
    { it: 'RSA attached', octets: attached },
    { it: 'PSS', octets: unwrap(pss) },
    { it: 'P-256 with its chain', octets: elliptic },
    { it: 'P-384', octets: large },
    { it: 'RSA with a time-stamp', octets: stamped },
    { it: 'two signers', octets: two },
    { it: 'two signers attached', octets: attachedTwo },
    { it: 'two signers, one with a time-stamp', octets: unwrap(joinSignatures(stamped, elliptic)) },
  ];
  return { signatures, bare: rsa, token, person };
}

function tokenOver(ca: TestCa, cms: Uint8Array): Uint8Array {
  const key = makeKey('ec-p256');
  const { subjectPublicKeyInfo } = key;
  const { certificate } = ca.issueService({ subjectPublicKeyInfo, purpose: 'time-stamps' });
  const signature = unwrap(parseSignedData(cms)).signers[0]?.signature ?? cms;
  const imprint = { digestOid: oids.sha256, digest: createHash('sha256').update(signature).digest() };
  const nonce = Uint8Array.of(1, 2, 3, 4);
  return writeTimeStampToken(
    { policy: stampPolicy, imprint, serial: '01', genTimeMs: nowMs - 60_000, nonce, certificate },
    key,
  );
}

/** The authority's own OCSP responder. */
function responderOf(ca: TestCa): (answers: readonly OcspAnswerContent[], more?: Partial<OcspContent>) => Uint8Array {
  const key = makeKey('ec-p256');
  const { subjectPublicKeyInfo } = key;
  const { certificate } = ca.issueService({ subjectPublicKeyInfo, purpose: 'ocsp' });
  const responder = { name: [['2.5.4.3', 'ocsp']] as const };
  const right = { responder, producedAtMs: nowMs - 1000, certificates: [certificate] };
  return (answers, more = {}) => writeOcspResponse({ ...right, answers, ...more }, key);
}

/** Lists and responses about three people: one in order, one revoked, one whom the authority does not know. */
function makeRevocation(ca: TestCa): Pick<World, 'people' | 'lists' | 'answers' | 'staleList'> {
  const people = ['good', 'revoked', 'unknown', 'revoked by the delta list'].map((it) => ({
    it,
    ...tests.makeSigner(ca),
  }));
  const [good, revoked, unknown, later] = people;
  if (good === undefined || revoked === undefined || unknown === undefined || later === undefined)
    throw new Error('four people');
  ca.revoke(revoked.serial, 1);
  const [, base] = ca.crls();
  const staleList = ca.crl(nowMs - 8 * dayMs);
  ca.revoke(later.serial, 4);
  const say = responderOf(ca);
  const answer = (to: Uint8Array, status: OcspAnswerContent['status'], more = {}): OcspAnswerContent => ({
    ...{ id: idOf(to, ca.issuingCertificate), status, thisUpdateMs: nowMs - 1000, nextUpdateMs: nowMs + dayMs },
    ...more,
  });
  const isRevoked = { revokedAtMs: nowMs - dayMs, reason: 1 };
  return {
    staleList,
    people: people.map(({ it, certificate: octets }) => ({ it, octets })),
    lists: [
      { it: 'base', octets: base },
      { it: 'delta', octets: ca.deltaCrl() },
      { it: 'root', octets: ca.crls()[0] },
    ],
    answers: [
      { it: 'good', octets: say([answer(good.certificate, 'good')]) },
      { it: 'revoked', octets: say([answer(revoked.certificate, isRevoked)], { nonce: Uint8Array.of(7, 7, 7, 7) }) },
      { it: 'unknown', octets: say([answer(unknown.certificate, 'unknown')]) },
      {
        it: 'never issued',
        octets: say([answer(unknown.certificate, { revokedAtMs: 0, reason: 6 })], { hasExtendedRevoke: true }),
      },
      {
        it: 'all three',
        octets: say([
          answer(good.certificate, 'good', { extensions: [extensions.ocspNoCheck()] }),
          answer(revoked.certificate, isRevoked),
          answer(unknown.certificate, 'unknown'),
        ]),
      },
    ],
  };
}

/** Key files by openssl, the only maker at hand; none where it is absent. */
function makeKeyFiles(person: tests.Signer): readonly Input[] {
  const folder = mkdtempSync(join(tmpdir(), 'eds-fuzz-'));
  try {
    writeFileSync(join(folder, 'certificate.pem'), tests.pem('CERTIFICATE', person.certificate));
    writeFileSync(join(folder, 'key.pem'), writeKey(person.key));
    const files = ['-inkey', 'key.pem', '-in', 'certificate.pem', '-passout', `pass:${keyFilePassword}`];
    return [
      ['-macalg', 'sha1', '-legacy'],
      ['-macalg', 'sha256'],
    ].flatMap((more) => {
      const words = ['pkcs12', '-export', ...files, '-iter', iterations, ...more, '-out', 'made.p12'];
      if (spawnSync('openssl', words, { cwd: folder }).status !== 0) return [];
      return [{ it: more.join(' '), octets: new Uint8Array(readFileSync(join(folder, 'made.p12'))) }];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makePacks(authority: Authority, signatures: readonly Input[]): readonly string[] {
  const trust = trustIn(authority);
  return signatures.flatMap(({ octets }) => {
    const request = { cms: octets, content, atMs: nowMs, referenceTime: 'given' } as const;
    return [unwrap(packEvidence(createVerifier(trust).verify(request), request, trust))];
  });
}
