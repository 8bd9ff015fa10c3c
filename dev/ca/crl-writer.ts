import {
  bitString,
  concat,
  enumerated,
  generalizedTime,
  integer,
  integerFromHex,
  oids,
  sequence,
  tagged,
  time,
} from '../../eds/der/index.ts';
import { extensions, writeExtension, writeName, type NameParts, type WrittenExtension } from './certificate-writer.ts';
import { signatureAlgorithm, signOctets, type SignatureKind, type WritingKey } from './signing-key.ts';

/** One revoked certificate; `reason` is the number of RFC 5280 §5.3.1. */
export type Revoked = {
  readonly serial: string;
  readonly revokedAtMs: number;
  readonly reason: number;
  /** invalidityDate. */
  readonly invalidSinceMs?: number;
  readonly furtherExtensions?: readonly WrittenExtension[];
};

/** Everything that a revocation list says; nothing is checked here. */
export type RevocationListContent = {
  readonly issuer: NameParts;
  readonly authorityKeyIdentifier: Uint8Array;
  readonly number: number;
  /** Makes it a delta list, which counts from the base list of this number. */
  readonly baseNumber?: number;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs?: number;
  readonly revoked: readonly Revoked[];
  readonly furtherExtensions?: readonly WrittenExtension[];
};

/** Writes and signs a revocation list, version 2. */
export function writeRevocationList(
  content: RevocationListContent,
  key: WritingKey,
  digest: SignatureKind = 'sha256',
): Uint8Array {
  const algorithm = signatureAlgorithm(key, digest);
  const entries = content.revoked.map(writeEntry);
  const list = [
    extensions.authorityKey(content.authorityKeyIdentifier),
    { oid: oids.crlNumber, isCritical: false, value: integer(content.number) },
    ...(content.baseNumber === undefined
      ? []
      : [{ oid: oids.deltaCrlIndicator, isCritical: true, value: integer(content.baseNumber) }]),
    ...(content.furtherExtensions ?? []),
  ];
  const signedPart = sequence(
    integer(1),
    algorithm,
    writeName(content.issuer),
    time(content.thisUpdateMs),
    ...(content.nextUpdateMs === undefined ? [] : [time(content.nextUpdateMs)]),
    ...(entries.length === 0 ? [] : [sequence(concat(entries))]),
    tagged(0, sequence(...list.map(writeExtension))),
  );
  return sequence(signedPart, algorithm, bitString(signOctets(key, digest, signedPart)));
}

function writeEntry({ serial, revokedAtMs, reason, invalidSinceMs, furtherExtensions = [] }: Revoked): Uint8Array {
  const list = [
    ...(reason === 0 ? [] : [{ oid: oids.reasonCode, isCritical: false, value: enumerated(reason) }]),
    ...(invalidSinceMs === undefined
      ? []
      : [{ oid: oids.invalidityDate, isCritical: false, value: generalizedTime(invalidSinceMs) }]),
    ...furtherExtensions,
  ].map(writeExtension);
  return sequence(integerFromHex(serial), time(revokedAtMs), ...(list.length === 0 ? [] : [sequence(...list)]));
}
