import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ok } from '../../core/kernel/index.ts';
import {
  createTestCa,
  makeKey,
  makeNationalKey,
  memorySigner,
  signNational,
  writeTimeStampResponse,
  writeTimeStampToken,
} from '../../dev/ca/index.ts';
import { answerOcsp } from '../../dev/authority-services/ocsp-service.ts';
import {
  addTimeStamp,
  createRevocationStore,
  createVerifier,
  joinSignatures,
  packEvidence,
  parseCertificate,
  parseOcspResponse,
  parseRevocationList,
  signBes,
  timeStampRequestFor,
  writeOcspRequest,
  defaultSuite,
  type Certificate,
  type OcspResponse,
  type Signer,
} from '../../eds/index.ts';
import { evidenceRules, evidenceTimes } from './evidence-rules.ts';

// Run by hand, once, after a decision: `node tests/golden/make-evidence.ts --write`. Keys are made anew each time, so that every run gives another vector.
// Two signers, P-256 and GOST 34.10-2015, each with a time-stamp; OCSP speaks for all three certificates, a list for the authority's.
const { judgedMs, stampedMs } = evidenceTimes;
const content = new TextEncoder().encode('{"act":"registration.approve","case":"Қазақстан-7"}');
const ca = createTestCa({ demo: false, now: () => stampedMs, keys: 'ec-p256' });
const holder = { surname: 'ӘЛІМҚҰЛОВА', name: 'ҒАЗИЗА', iin: '900101400013', organisation: { name: 'АО', bin: '200140000014' } };

type Got<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: unknown };
function must<T>(result: Got<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}
const read = (der: Uint8Array): Certificate => must(parseCertificate(der));

const issue = (subjectPublicKeyInfo: Uint8Array): Uint8Array =>
  ca.issue({ subjectPublicKeyInfo, holder, roles: ['employee'], carrier: 'kaztoken' }).certificate;
const key = makeKey('ec-p256');
const national = makeNationalKey('gost-2015-512');
const first = issue(key.subjectPublicKeyInfo);
const second: Signer<never> = {
  certificate: issue(national.subjectPublicKeyInfo),
  algorithm: 'gost-2015-512',
  sign: (octets) => Promise.resolve(ok(signNational(national, octets))),
};

const service = (purpose: 'time-stamps' | 'ocsp', subjectPublicKeyInfo: Uint8Array): Uint8Array =>
  ca.issueService({ subjectPublicKeyInfo, purpose }).certificate;
const stamper = makeKey('ec-p256');
const stamperCertificate = service('time-stamps', stamper.subjectPublicKeyInfo);
const responder = makeKey('ec-p256');
const responderCertificate = service('ocsp', responder.subjectPublicKeyInfo);

function stamp(cms: Uint8Array): Uint8Array {
  const policy = '1.2.398.3.3.2.6.4';
  const request = must(timeStampRequestFor({ cms }, { nonce: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), policy }));
  const said = { ...request, policy, serial: '07', genTimeMs: stampedMs, certificate: stamperCertificate };
  return must(addTimeStamp({ cms, request, response: writeTimeStampResponse(writeTimeStampToken(said, stamper)) }));
}

function answerAbout(certificate: Uint8Array): OcspResponse {
  const question = { certificate: read(certificate), issuer: read(ca.issuingCertificate) };
  const request = must(writeOcspRequest(question, defaultSuite));
  const ocsp = { key: responder, certificate: responderCertificate };
  return must(parseOcspResponse(answerOcsp(request, { ca, ocsp, timeStamps: ocsp, stranger: responder, nowMs: stampedMs, fault: undefined, ocspLifetimeMs: undefined })));
}

async function makePack(): Promise<string> {
  const signing = { content, signingTimeMs: stampedMs };
  const cms = must(
    joinSignatures(
      stamp(must(await signBes(memorySigner(first, key.privateKey), signing))),
      stamp(must(await signBes(second, signing))),
    ),
  );
  const [rootList] = ca.crls();
  const responses = [first, second.certificate, stamperCertificate].map(answerAbout);
  const store = createRevocationStore({ lists: [must(parseRevocationList(rootList))], responses });
  const trust = evidenceRules([read(ca.rootCertificate)]);
  const request = { cms, content, atMs: judgedMs };
  const intermediates = [read(ca.issuingCertificate)];
  const report = createVerifier({ ...trust, intermediates, revocation: () => store }).verify(request);
  return must(packEvidence(report, request, trust));
}

if (process.argv.includes('--write')) {
  const folder = resolve(import.meta.dirname, 'evidence');
  writeFileSync(resolve(folder, 'pack.json'), await makePack());
  writeFileSync(resolve(folder, 'content.json'), content);
  writeFileSync(resolve(folder, 'anchor.cer'), ca.rootCertificate);
}
