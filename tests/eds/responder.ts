import {
  extensions,
  keyIdentifierOf,
  makeKey,
  writeCertificate,
  writeOcspResponse,
  type CertificateContent,
  type NameParts,
  type OcspAnswerContent,
  type OcspContent,
  type SigningKey,
  type WrittenExtension,
} from '../../dev/ca/index.ts';
import { expect } from 'vitest';
import { idOf } from './certificate-id.ts';
import { hierarchy, judge, keys, list, type Hierarchy, type Judgement } from './hierarchy.ts';
import { nowMs } from './world.ts';

const minuteMs = 60_000;

/** The responder of the tests' issuing authority, a key and certificate of its own. */
export const responderKey = makeKey('ec-p256');
const responderName: NameParts = [['2.5.4.3', 'OCSP RESPONDER']];

/** The responder's certificate, right in everything but the changes; `without` drops extensions by OID. */
export function responderCertificate(
  change: Partial<Omit<CertificateContent, 'extensions'>> & {
    readonly extensions?: readonly WrittenExtension[];
    readonly without?: readonly string[];
    readonly signedBy?: SigningKey;
  } = {},
): Uint8Array {
  const { extensions: changed = [], without = [], signedBy, ...fields } = change;
  const right = [
    extensions.keyUsage(['digitalSignature']),
    extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.9']),
    extensions.ocspNoCheck(),
    extensions.subjectKey(keyIdentifierOf(responderKey.subjectPublicKeyInfo)),
    extensions.authorityKey(keyIdentifierOf(keys.issuing.subjectPublicKeyInfo)),
  ];
  const dropped = new Set([...without, ...changed.map((one) => one.oid)]);
  return writeCertificate(
    {
      serial: '0c59',
      issuer: [
        ['2.5.4.3', 'ISSUING'],
        ['2.5.4.6', 'KZ'],
      ],
      subject: responderName,
      notBeforeMs: nowMs - 30 * 24 * 60 * minuteMs,
      notAfterMs: nowMs + 30 * 24 * 60 * minuteMs,
      subjectPublicKeyInfo: responderKey.subjectPublicKeyInfo,
      ...fields,
      extensions: [...right.filter((one) => !dropped.has(one.oid)), ...changed],
    },
    signedBy ?? keys.issuing,
  );
}

export type Said = Partial<Omit<OcspContent, 'answers'>> & {
  readonly answer?: Partial<OcspAnswerContent>;
  readonly answers?: readonly OcspAnswerContent[];
  readonly signedBy?: SigningKey;
  readonly certificate?: Uint8Array;
};

/** A response about the hierarchy's signer that is right in everything but the changes. */
export function respond(made: Hierarchy, change: Said = {}): Uint8Array {
  const { answer, signedBy, certificate = responderCertificate(), ...fields } = change;
  const right: OcspAnswerContent = {
    id: idOf(made.signer, made.issuing),
    status: 'good',
    thisUpdateMs: fields.producedAtMs ?? nowMs - minuteMs,
    ...answer,
  };
  return writeOcspResponse(
    {
      responder: { name: responderName },
      producedAtMs: nowMs - minuteMs,
      answers: [right],
      certificates: [certificate],
      ...fields,
    },
    signedBy ?? responderKey,
  );
}

/** The hierarchy that these answers are about, and the trust that believes them for five minutes. */
export const made = hierarchy();
const trust = { ocspAgeMaxMs: 5 * minuteMs };

/** What the revocation stage says of the signer, with the root's list in order. */
export function revocationOf(how: Judgement): string {
  const report = judge(made, { trust, ...how, lists: [list('root'), ...(how.lists ?? [])] });
  const { outcome, reason } = report.stages.find(({ name }) => name === 'revocation') ?? {
    outcome: 'none',
    reason: '',
  };
  const verdicts: Readonly<Record<string, string>> = { PASS: 'VALID', FAIL: 'INVALID', UNKNOWN: 'INDETERMINATE' };
  expect(report.verdict).toBe(verdicts[outcome]);
  return reason;
}
