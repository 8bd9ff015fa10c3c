import { createHash } from 'node:crypto';
import {
  extensions,
  keyIdentifierOf,
  makeKey,
  writeTimeStampToken,
  type SignatureKind,
  type SigningKey,
  type TimeStampContent,
} from '../../dev/ca/index.ts';
import {
  attachTimeStamp,
  parseSignedData,
  type TimeStampTrust,
  type VerificationReport,
  type VerificationRequest,
} from '../../eds/index.ts';
import { oids } from '../../eds/der/index.ts';
import { hierarchy, keys, verifierFor, type Change, type Hierarchy, type Judgement } from './hierarchy.ts';
import { content, nowMs, signBes, unwrap } from './world.ts';

export const stampPolicy = '1.2.398.3.3.2.6.4';
/** When the right stamp of these tests was made. */
export const stampMs = nowMs - 60 * 60 * 1000;
export const stampTrust: TimeStampTrust = { policies: [stampPolicy], issuers: 'any', revocation: 'required' };
export const stampSerial = '7357';
export const stampKey = makeKey('ec-p384');

/** The certificate of a time-stamping authority under the issuing authority of the hierarchy, right in everything but the changes. */
export function stampCertificate(change: Change = {}): Uint8Array {
  const { extensions: changed = [], without = [], ...fields } = change;
  const right = [
    extensions.keyUsage(['digitalSignature']),
    extensions.extendedKeyUsage([oids.timeStamping], true),
    extensions.subjectKey(keyIdentifierOf(stampKey.subjectPublicKeyInfo)),
  ];
  const replaced = new Set([...changed.map(({ oid }) => oid), ...without]);
  return hierarchy({
    signer: {
      serial: stampSerial,
      subject: [['2.5.4.3', 'STAMPS']],
      subjectPublicKeyInfo: stampKey.subjectPublicKeyInfo,
      ...fields,
      extensions: [...right.filter(({ oid }) => !replaced.has(oid)), ...changed],
      without: [oids.keyCarrier, ...without],
    },
  }).signer;
}

/** One that hangs directly under the root of every hierarchy. */
export const underRoot = stampCertificate({
  signedBy: keys.root,
  issuer: [
    ['2.5.4.3', 'ROOT'],
    ['2.5.4.6', 'KZ'],
  ],
  extensions: [extensions.authorityKey(keyIdentifierOf(keys.root.subjectPublicKeyInfo))],
});

export type Stamp = Partial<TimeStampContent> & {
  readonly key?: SigningKey;
  readonly digest?: SignatureKind;
  /** Octets that are stamped in place of the signature. */
  readonly over?: Uint8Array;
};

/** The certificate that right stamps are made with. */
export const stampAuthority = stampCertificate();

/** A token over the signature of a file's only signer, right in everything but the changes. */
export function stampOf(
  cms: Uint8Array,
  { key = stampKey, digest = 'sha384', over, ...changes }: Stamp = {},
): Uint8Array {
  const octets = over ?? unwrap(parseSignedData(cms)).signers[0]?.signature ?? new Uint8Array(0);
  return writeTimeStampToken(
    {
      policy: stampPolicy,
      imprint: { digestOid: oids.sha384, digest: createHash('sha384').update(octets).digest() },
      serial: '01',
      genTimeMs: stampMs,
      certificate: stampAuthority,
      signingCertificate: 'v1',
      ...changes,
    },
    key,
    digest,
  );
}

/** A CAdES-BES of the hierarchy's signer. */
export function besOf(made: Hierarchy): Uint8Array {
  return signBes({ key: made.keys.signer, certificate: made.signer, serial: '4711' });
}

export function stamped(cms: Uint8Array, ...stamps: readonly Stamp[]): Uint8Array {
  return stamps.reduce((file, stamp) => unwrap(attachTimeStamp(file, stampOf(cms, stamp))), cms);
}

/** Judges a file with trust in the hierarchy's root and in its time-stamps. */
export function judgeStamped(
  cms: Uint8Array,
  made: Hierarchy,
  how: Judgement = {},
  request: Partial<VerificationRequest> = {},
): VerificationReport {
  const verifier = verifierFor(made, { ...how, trust: { timeStamping: stampTrust, ...how.trust } });
  return verifier.verify({ cms, content, atMs: how.atMs ?? nowMs, ...request });
}
