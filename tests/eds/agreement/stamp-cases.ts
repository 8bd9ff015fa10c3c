import {
  extensions,
  keyIdentifierOf,
  writeTimeStampToken,
  type SigningKey,
  type TimeStampContent,
} from '../../../dev/ca/index.ts';
import {
  boolean,
  element,
  integer,
  nullValue,
  objectIdentifier,
  oids,
  sequence,
  setOf,
  tags,
} from '../../../eds/der/index.ts';
import { hierarchy, type Change, type Hierarchy } from '../hierarchy.ts';
import { nowMs } from '../world.ts';
import type { Party } from './cms-cases.ts';
import { hashOf } from './cms-writer.ts';

const dayMs = 24 * 60 * 60 * 1000;
export const stampPolicy = '1.2.398.3.3.2.6.4';

/** What differs from a right token over the signature by a right authority. */
export type StampAsked = {
  readonly authority?: Change;
  readonly token?: Partial<TimeStampContent>;
  readonly key?: SigningKey;
  readonly over?: Uint8Array;
  readonly finish?: (token: Uint8Array) => Uint8Array;
  readonly anchor?: Uint8Array;
};

export type StampCase = readonly [it: string, ask: (party: Party) => StampAsked];

const one =
  (asked: StampAsked): StampCase[1] =>
  () =>
    asked;
const flipped =
  (at: number) =>
  (octets: Uint8Array): Uint8Array =>
    octets.with(at < 0 ? octets.length + at : at, (octets.at(at) ?? 0) ^ 1);
const { extendedKeyUsage, keyUsage } = extensions;
const purposes = (...args: Parameters<typeof extendedKeyUsage>): StampAsked => ({
  authority: { extensions: [extendedKeyUsage(...args)] },
});
const further = (afterNonce: Uint8Array): StampAsked => ({ token: { further: { afterNonce: [afterNonce] } } });
const accuracy = sequence(integer(1));

export const stampCases: readonly StampCase[] = [
  ['right', one({})],
  ['named by SHA-1', one({ token: { signingCertificate: 'v1' } })],
  ['no certificate is named', one({ token: { signingCertificate: 'none' } })],
  ['no certificate is carried', one({ token: { isBare: true } })],
  ['over other octets', one({ over: new Uint8Array(3) })],
  ['by another key', ({ stranger }) => ({ key: stranger })],
  ['the authority has expired since', one({ authority: { notAfterMs: nowMs - 1000 } })],
  ['the authority had expired', one({ authority: { notAfterMs: nowMs - dayMs } })],
  ['the authority was not yet valid', one({ authority: { notBeforeMs: nowMs + 1000 } })],
  ['for signing', one(purposes(['1.3.6.1.5.5.7.3.4'], true))],
  ['for time-stamps, not critical', one(purposes([oids.timeStamping]))],
  ['for time-stamps and more', one(purposes([oids.timeStamping, '1.3.6.1.5.5.7.3.4'], true))],
  ['for nothing', one({ authority: { without: [oids.extendedKeyUsage] } })],
  ['may only encipher', one({ authority: { extensions: [keyUsage(['keyEncipherment'])] } })],
  ['may only repudiate nothing', one({ authority: { extensions: [keyUsage(['nonRepudiation'])] } })],
  ['a stranger signed the authority', ({ stranger }) => ({ authority: { signedBy: stranger } })],
  ['another anchor', ({ keys, stranger }) => ({ anchor: hierarchy({}, { ...keys, root: stranger }).root })],
  ['the imprint is of SHA-512', one({ token: { imprint: { digestOid: oids.sha512, digest: new Uint8Array(64) } } })],
  ['the imprint is cut', one({ token: { imprint: { digestOid: oids.sha256, digest: new Uint8Array(31) } } })],
  [
    'the digest of the imprint is unknown',
    one({ token: { imprint: { digestOid: '1.2.3.4', digest: new Uint8Array(32) } } }),
  ],
  ['with accuracy', one({ token: { further: { beforeNonce: [accuracy] } } })],
  ['ordered', one({ token: { further: { beforeNonce: [boolean(true)] } } })],
  ['with a nonce', one({ token: { nonce: Uint8Array.of(1, 2, 3) } })],
  ['with an unknown field', one(further(setOf(nullValue())))],
  ['with a field of no structure', one(further(element(tags.sequence, Uint8Array.of(1))))],
  ['its statement was altered', one({ finish: underOtherPolicy })],
  ['its signature was altered', one({ finish: flipped(-1) })],
  ['cut', one({ finish: (token) => token.subarray(0, -1) })],
  ['no octets', one({ finish: () => new Uint8Array(0) })],
];

/** Another policy of the same authority, though the signature stays. */
function underOtherPolicy(token: Uint8Array): Uint8Array {
  const policy = objectIdentifier(stampPolicy);
  const at = Buffer.from(token).indexOf(policy);
  if (at < 0) throw new Error('the token names no policy');
  return token.with(at + policy.length - 1, 0x03);
}

/** The token that a case asks for, and the hierarchy whose signer is its authority. */
export function stampFor(
  asked: StampAsked,
  party: Party,
  stamped: Uint8Array,
): { readonly token: Uint8Array; readonly made: Hierarchy } {
  const { extensions: changed = [], without = [], ...fields } = asked.authority ?? {};
  const own = [
    keyUsage(['digitalSignature']),
    extendedKeyUsage([oids.timeStamping], true),
    extensions.subjectKey(keyIdentifierOf(party.keys.signer.subjectPublicKeyInfo)),
  ];
  const dropped = new Set([...without, ...changed.map(({ oid }) => oid)]);
  const all = [...own.filter(({ oid }) => !dropped.has(oid)), ...changed];
  const made = hierarchy(
    { signer: { serial: '7357', ...fields, extensions: all, without: [oids.keyCarrier, ...without] } },
    party.keys,
  );
  const imprint = { digestOid: oids.sha256, digest: hashOf('sha256', asked.over ?? stamped) };
  const token = writeTimeStampToken(
    {
      policy: stampPolicy,
      imprint,
      serial: '01',
      genTimeMs: nowMs - 60 * 60 * 1000,
      certificate: made.signer,
      signingCertificate: 'v2',
      ...asked.token,
    },
    asked.key ?? party.keys.signer,
    party.digest === 'sha384' ? 'sha384' : 'sha256',
  );
  return { token: asked.finish?.(token) ?? token, made };
}
