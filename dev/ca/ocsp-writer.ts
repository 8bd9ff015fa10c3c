import {
  bitString,
  contextTag,
  element,
  enumerated,
  generalizedTime,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  tagged,
  taggedPrimitive,
} from '../../eds/der/index.ts';
import { writeExtension, writeName, type NameParts, type WrittenExtension } from './certificate-writer.ts';
import { signatureAlgorithm, signOctets, type SignatureKind, type SigningKey } from './signing-key.ts';

/** What a responder says about one certificate; `id` is the CertID of the request, DER. */
export type OcspAnswerContent = {
  readonly id: Uint8Array;
  readonly status: 'good' | 'unknown' | { readonly revokedAtMs: number; readonly reason?: number };
  readonly thisUpdateMs: number;
  readonly nextUpdateMs?: number;
  readonly extensions?: readonly WrittenExtension[];
};

/** Everything that an OCSP response says; nothing is checked here. */
export type OcspContent = {
  readonly responder: { readonly name: NameParts } | { readonly keyHash: Uint8Array };
  readonly producedAtMs: number;
  readonly answers: readonly OcspAnswerContent[];
  readonly nonce?: Uint8Array;
  readonly hasExtendedRevoke?: boolean;
  readonly furtherExtensions?: readonly WrittenExtension[];
  /** Beside the signature, DER. */
  readonly certificates?: readonly Uint8Array[];
};

/** Writes and signs an OCSP response (RFC 6960 §4.2.1). */
export function writeOcspResponse(content: OcspContent, key: SigningKey, digest: SignatureKind = 'sha256'): Uint8Array {
  const list: readonly WrittenExtension[] = [
    ...(content.nonce === undefined ? [] : [plain(oids.ocspNonce, octetString(content.nonce))]),
    ...(content.hasExtendedRevoke === true ? [plain(oids.ocspExtendedRevoke, nullValue())] : []),
    ...(content.furtherExtensions ?? []),
  ];
  const { responder, certificates = [] } = content;
  const signedPart = sequence(
    'name' in responder ? tagged(1, writeName(responder.name)) : tagged(2, octetString(responder.keyHash)),
    generalizedTime(content.producedAtMs),
    sequence(...content.answers.map(writeAnswer)),
    ...(list.length === 0 ? [] : [tagged(1, sequence(...list.map(writeExtension)))]),
  );
  const basic = sequence(
    signedPart,
    signatureAlgorithm(key, digest),
    bitString(signOctets(key, digest, signedPart)),
    ...(certificates.length === 0 ? [] : [tagged(0, sequence(...certificates))]),
  );
  return sequence(enumerated(0), tagged(0, sequence(objectIdentifier(oids.ocspBasic), octetString(basic))));
}

/** A response that only says why there is none; `status` is a value of OCSPResponseStatus. */
export function writeOcspError(status: number): Uint8Array {
  return sequence(enumerated(status));
}

function writeAnswer(answer: OcspAnswerContent): Uint8Array {
  const { extensions = [] } = answer;
  return sequence(
    answer.id,
    writeStatus(answer.status),
    generalizedTime(answer.thisUpdateMs),
    ...(answer.nextUpdateMs === undefined ? [] : [tagged(0, generalizedTime(answer.nextUpdateMs))]),
    ...(extensions.length === 0 ? [] : [tagged(1, sequence(...extensions.map(writeExtension)))]),
  );
}

function writeStatus(status: OcspAnswerContent['status']): Uint8Array {
  if (status === 'good') return taggedPrimitive(0, new Uint8Array(0));
  if (status === 'unknown') return taggedPrimitive(2, new Uint8Array(0));
  const reason = status.reason === undefined ? [] : [tagged(0, enumerated(status.reason))];
  return element(contextTag(1), generalizedTime(status.revokedAtMs), ...reason);
}

function plain(oid: string, value: Uint8Array): WrittenExtension {
  return { oid, isCritical: false, value };
}
