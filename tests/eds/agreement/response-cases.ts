import {
  extensions,
  keyIdentifierOf,
  writeCertificate,
  writeOcspResponse,
  type CertificateContent,
  type NameParts,
  type OcspAnswerContent,
  type OcspContent,
  type SigningKey,
  type WrittenExtension,
} from '../../../dev/ca/index.ts';
import { nullValue, oids } from '../../../eds/der/index.ts';
import { publicKeyBits } from '../../../eds/ocsp/index.ts';
import { idOf } from '../certificate-id.ts';
import { hierarchy, type Hierarchy } from '../hierarchy.ts';
import { certificateOf } from '../world.ts';
import type { Party } from './cms-cases.ts';
import { hashOf } from './cms-writer.ts';

/** openssl judges a response by the clock of the machine, which nothing can set, so these live in the present. */
export const presentMs = Math.floor(Date.now() / 1000) * 1000;
const dayMs = 24 * 60 * 60 * 1000;
export const span = { notBeforeMs: presentMs - 30 * dayMs, notAfterMs: presentMs + 30 * dayMs };
const responderName: NameParts = [['2.5.4.3', 'RESPONDER']];
const issuingName: NameParts = [
  ['2.5.4.3', 'ISSUING'],
  ['2.5.4.6', 'KZ'],
];

/** What differs from a right response, good and fresh, of a right delegate. */
export type ResponseAsked = {
  readonly delegate?: Partial<Omit<CertificateContent, 'extensions'>> & {
    readonly extensions?: readonly WrittenExtension[];
    readonly without?: readonly string[];
    readonly signedBy?: SigningKey;
  };
  readonly answer?: Partial<OcspAnswerContent>;
  readonly more?: Partial<OcspContent>;
  readonly key?: SigningKey;
  readonly finish?: (response: Uint8Array) => Uint8Array;
};

export type ResponseCase = readonly [it: string, ask: (party: Party, right: Hierarchy) => ResponseAsked];

const one =
  (asked: ResponseAsked): ResponseCase[1] =>
  () =>
    asked;
const flipped =
  (at: number) =>
  (octets: Uint8Array): Uint8Array =>
    octets.with(at < 0 ? octets.length + at : at, (octets.at(at) ?? 0) ^ 1);
const keyHashOf = (certificate: Uint8Array): Uint8Array => hashOf('sha1', publicKeyBits(certificateOf(certificate)));
const unknown = { oid: '1.2.3.4.5', isCritical: true, value: nullValue() };

export const responseCases: readonly ResponseCase[] = [
  ['right', one({})],
  ['with a nonce', one({ more: { nonce: Uint8Array.of(1, 2, 3, 4) } })],
  [
    'of the authority itself',
    ({ keys }) => ({
      key: keys.issuing,
      more: { responder: { name: issuingName }, certificates: [] },
    }),
  ],
  [
    'of the authority itself, by its key',
    ({ keys }, { issuing }) => ({
      key: keys.issuing,
      more: { responder: { keyHash: keyHashOf(issuing) }, certificates: [] },
    }),
  ],
  [
    'of the anchor',
    ({ keys }, { root }) => ({
      key: keys.root,
      more: { responder: { keyHash: keyHashOf(root) }, certificates: [root] },
    }),
  ],
  [
    'of the person himself',
    ({ keys }, { signer }) => ({
      key: keys.signer,
      more: { responder: { keyHash: keyHashOf(signer) }, certificates: [signer] },
    }),
  ],
  ['of another name', one({ more: { responder: { name: [['2.5.4.3', 'OTHER']] } } })],
  ['of another key', ({ keys }) => ({ key: keys.signer })],
  [
    'of a delegate for another purpose',
    one({ delegate: { extensions: [extensions.extendedKeyUsage([oids.timeStamping])] } }),
  ],
  ['of a delegate for no purpose', one({ delegate: { without: [oids.extendedKeyUsage] } })],
  ['of an expired delegate', one({ delegate: { notAfterMs: presentMs - 2 * 60_000 } })],
  ['of a delegate that is not yet valid', one({ delegate: { notBeforeMs: presentMs + dayMs } })],
  ['of a delegate of the person', ({ keys }) => ({ delegate: { signedBy: keys.signer } })],
  ['of a delegate with an unknown critical extension', one({ delegate: { extensions: [unknown] } })],
  [
    'of a delegate who may only encipher',
    one({ delegate: { extensions: [extensions.keyUsage(['keyEncipherment'])] } }),
  ],
  ['without the delegate’s certificate', one({ more: { certificates: [] } })],
  ['revoked', one({ answer: { status: { revokedAtMs: presentMs - dayMs, reason: 1 } } })],
  ['unknown', one({ answer: { status: 'unknown' } })],
  ['about another person', (_, { issuing, root }) => ({ answer: { id: idOf(issuing, root) } })],
  ['about the same number of another authority', (_, { signer, root }) => ({ answer: { id: idOf(signer, root) } })],
  ['past its time', one({ answer: { thisUpdateMs: presentMs - 2 * dayMs, nextUpdateMs: presentMs - dayMs } })],
  ['of the future', one({ answer: { thisUpdateMs: presentMs + dayMs, nextUpdateMs: presentMs + 2 * dayMs } })],
  ['with an unknown critical extension', one({ more: { furtherExtensions: [unknown] } })],
  ['with an unknown critical extension of the answer', one({ answer: { extensions: [unknown] } })],
  // Without certificates beside it, the signature stands last.
  [
    'its signature was altered',
    ({ keys }) => ({
      key: keys.issuing,
      more: { responder: { name: issuingName }, certificates: [] },
      finish: flipped(-1),
    }),
  ],
  ['the signature of the delegate’s certificate was altered', one({ finish: flipped(-1) })],
  ['its statement was altered', one({ finish: flipped(60) })],
  ['cut', one({ finish: (response) => response.subarray(0, -1) })],
  ['an octet after it', one({ finish: (response) => Uint8Array.from([...response, 0]) })],
];

/** The response that a case asks for, about the signer of a hierarchy of the present. */
export function responseFor(asked: ResponseAsked, { keys, stranger, digest }: Party, made: Hierarchy): Uint8Array {
  const { extensions: changed = [], without = [], signedBy, ...fields } = asked.delegate ?? {};
  const own = [
    extensions.keyUsage(['digitalSignature']),
    extensions.extendedKeyUsage([oids.ocspSigning]),
    extensions.ocspNoCheck(),
    extensions.subjectKey(keyIdentifierOf(stranger.subjectPublicKeyInfo)),
    extensions.authorityKey(keyIdentifierOf(keys.issuing.subjectPublicKeyInfo)),
  ];
  const dropped = new Set([...without, ...changed.map(({ oid }) => oid)]);
  const delegate = writeCertificate(
    {
      serial: '0c59',
      issuer: issuingName,
      subject: responderName,
      ...span,
      subjectPublicKeyInfo: stranger.subjectPublicKeyInfo,
      ...fields,
      extensions: [...own.filter(({ oid }) => !dropped.has(oid)), ...changed],
    },
    signedBy ?? keys.issuing,
  );
  const answer: OcspAnswerContent = {
    id: idOf(made.signer, made.issuing),
    status: 'good',
    thisUpdateMs: presentMs - 60_000,
    nextUpdateMs: presentMs + dayMs,
    ...asked.answer,
  };
  const response = writeOcspResponse(
    {
      responder: { name: responderName },
      producedAtMs: answer.thisUpdateMs,
      answers: [answer],
      certificates: [delegate],
      ...asked.more,
    },
    asked.key ?? stranger,
    digest === 'sha384' ? 'sha384' : 'sha256',
  );
  return asked.finish?.(response) ?? response;
}

/** A hierarchy whose certificates are valid in the present. */
export function presentHierarchy({ keys }: Party): Hierarchy {
  return hierarchy({ root: span, issuing: span, signer: span }, keys);
}
