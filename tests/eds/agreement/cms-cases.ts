import {
  extensions,
  keyIdentifierOf,
  makeKey,
  type KeyKind,
  type RevocationListContent,
  type SigningKey,
} from '../../../dev/ca/index.ts';
import { integer, nullValue, objectIdentifier, octetString, oids, sequence, time } from '../../../eds/der/index.ts';
import { joinSignatures } from '../../../eds/index.ts';
import { hierarchy, list, type Changes, type Hierarchy } from '../hierarchy.ts';
import { certificateOf, nowMs, unwrap } from '../world.ts';
import {
  attribute,
  bindingOf,
  hashOf,
  oldBindingOf,
  writeCms,
  type Attributes,
  type CmsContent,
  type Digest,
} from './cms-writer.ts';

/** Keys of one kind for a whole hierarchy, and how signatures are made with them. */
export type Party = {
  readonly name: string;
  readonly keys: Hierarchy['keys'];
  readonly stranger: SigningKey;
  readonly isPss: boolean;
  readonly digest: Digest;
};

/** What differs from a right signature under a right chain with right lists. */
export type Asked = {
  readonly changes?: Changes;
  readonly cms?: Partial<CmsContent>;
  readonly finish?: (cms: Uint8Array, made: Hierarchy) => Uint8Array;
  readonly content?: Uint8Array | 'attached';
  readonly lists?: readonly Uint8Array[];
  readonly anchor?: Uint8Array;
  readonly atMs?: number;
};

/** `right` is the party's hierarchy without changes. */
export type Case = readonly [it: string, ask: (party: Party, right: Hierarchy) => Asked];

const kinds: readonly (readonly [name: string, kind: KeyKind, isPss?: true])[] = [
  ['RSA-2048', 'rsa-2048'],
  ['RSA-2048 with PSS', 'rsa-2048', true],
  ['RSA-3072', 'rsa-3072'],
  ['RSA-4096', 'rsa-4096'],
  ['P-256', 'ec-p256'],
  ['P-384', 'ec-p384'],
];

/** Keys of one kind are made once. */
export function makeParties(): readonly Party[] {
  const made = new Map<KeyKind, Pick<Party, 'keys' | 'stranger'>>();
  return kinds.map(([name, kind, isPss = false]) => {
    const keys = made.get(kind) ?? {
      keys: { root: makeKey(kind), issuing: makeKey(kind), signer: makeKey(kind) },
      stranger: makeKey(kind),
    };
    made.set(kind, keys);
    return { name, ...keys, isPss, digest: kind === 'ec-p384' ? 'sha384' : 'sha256' };
  });
}

const dayMs = 24 * 60 * 60 * 1000;
const other = new TextEncoder().encode('other');
const flipped =
  (at: number) =>
  (octets: Uint8Array): Uint8Array =>
    octets.with(at < 0 ? octets.length + at : at, (octets.at(at) ?? 0) ^ 1);
const one =
  (asked: Asked): Case[1] =>
  () =>
    asked;
const { basicConstraints, keyUsage, extendedKeyUsage } = extensions;
const unknown = (isCritical: boolean) => ({ oid: '1.2.3.4.5', isCritical, value: nullValue() });
const revoked = (more = {}) => ({ revoked: [{ serial: '4711', revokedAtMs: nowMs - dayMs, reason: 1, ...more }] });

const withLists =
  (issuing: Partial<RevocationListContent>, root: Partial<RevocationListContent> = {}): Case[1] =>
  ({ keys }) => ({ lists: [list('root', root, undefined, keys), list('issuing', issuing, undefined, keys)] });

export const chainCases: readonly Case[] = [
  ['right', one({})],
  ['before the signer’s time', one({ atMs: nowMs - 31 * dayMs })],
  ['the signer has expired', one({ changes: { signer: { notAfterMs: nowMs - 1000 } } })],
  ['the signer is not yet valid', one({ changes: { signer: { notBeforeMs: nowMs + 1000 } } })],
  ['the issuing authority has expired', one({ changes: { issuing: { notAfterMs: nowMs - 1000 } } })],
  ['the issuing authority is not yet valid', one({ changes: { issuing: { notBeforeMs: nowMs + 1000 } } })],
  ['the anchor has expired', one({ changes: { root: { notAfterMs: nowMs - 1000 } } })],
  ['the signer expires at the very second', one({ changes: { signer: { notAfterMs: nowMs } } })],
  ['the signer names another issuer', one({ changes: { signer: { issuer: [['2.5.4.3', 'OTHER']] } } })],
  ['a stranger signed the signer', ({ stranger }) => ({ changes: { signer: { signedBy: stranger } } })],
  ['a stranger signed the authority', ({ stranger }) => ({ changes: { issuing: { signedBy: stranger } } })],
  ['another anchor', ({ keys, stranger }) => ({ anchor: hierarchy({}, { ...keys, root: stranger }).root })],
  ['the authority lacks basicConstraints', one({ changes: { issuing: { without: [oids.basicConstraints] } } })],
  ['the authority is none', one({ changes: { issuing: { extensions: [basicConstraints(false)] } } })],
  ['path length 0 at the anchor', one({ changes: { root: { extensions: [basicConstraints(true, 0)] } } })],
  ['path length 0 at the authority', one({ changes: { issuing: { extensions: [basicConstraints(true, 0)] } } })],
  ['path length 1 at the anchor', one({ changes: { root: { extensions: [basicConstraints(true, 1)] } } })],
  ['the authority may not certify', one({ changes: { issuing: { extensions: [keyUsage(['cRLSign'])] } } })],
  ['the authority may not sign lists', one({ changes: { issuing: { extensions: [keyUsage(['keyCertSign'])] } } })],
  ['the anchor may not certify', one({ changes: { root: { extensions: [keyUsage(['cRLSign'])] } } })],
  ['the signer may only encipher', one({ changes: { signer: { extensions: [keyUsage(['keyEncipherment'])] } } })],
  [
    'the signer may only repudiate nothing',
    one({ changes: { signer: { extensions: [keyUsage(['nonRepudiation'])] } } }),
  ],
  ['the signer may only sign', one({ changes: { signer: { extensions: [keyUsage(['digitalSignature'])] } } })],
  ['the signer has no key usage', one({ changes: { signer: { without: [oids.keyUsage] } } })],
  ['the signer is a server', one({ changes: { signer: { extensions: [extendedKeyUsage(['1.3.6.1.5.5.7.3.1'])] } } })],
  ['the signer stamps time', one({ changes: { signer: { extensions: [extendedKeyUsage([oids.timeStamping])] } } })],
  ['the signer has no purposes', one({ changes: { signer: { without: [oids.extendedKeyUsage] } } })],
  ['the signer has an unknown critical extension', one({ changes: { signer: { extensions: [unknown(true)] } } })],
  ['the signer has an unknown extension', one({ changes: { signer: { extensions: [unknown(false)] } } })],
  ['the authority has an unknown critical extension', one({ changes: { issuing: { extensions: [unknown(true)] } } })],
  [
    'the signer has no authority key identifier',
    one({ changes: { signer: { without: [oids.authorityKeyIdentifier] } } }),
  ],
  ['the signer’s certificate is signed with SHA-1', one({ changes: { signer: { digest: 'sha1' } } })],
  ['the signer is revoked', withLists(revoked())],
  ['the signer is on hold', withLists(revoked({ reason: 6 }))],
  ['the signer was superseded', withLists(revoked({ reason: 4 }))],
  ['the signer is revoked later', withLists(revoked({ revokedAtMs: nowMs + 1000 }))],
  ['another one is revoked', withLists(revoked({ serial: '4712' }))],
  ['the authority is revoked', withLists({}, revoked())],
  ['the issuing list is stale', withLists({ nextUpdateMs: nowMs - 1000 })],
  ['the root list is stale', withLists({}, { nextUpdateMs: nowMs - 1000 })],
  ['the issuing list is of the future', withLists({ thisUpdateMs: nowMs + 1000 })],
  ['the issuing list has an unknown critical extension', withLists({ furtherExtensions: [unknown(true)] })],
  ['no list of the issuing authority', ({ keys }) => ({ lists: [list('root', {}, undefined, keys)] })],
  ['no lists', one({ lists: [] })],
  [
    'a stranger signed the list',
    ({ keys, stranger }) => ({
      lists: [list('root', {}, undefined, keys), list('issuing', {}, stranger, keys)],
    }),
  ],
];

const weak = (digest: Digest): Asked => ({ cms: { digest } });
const withAttributes = (attributes: CmsContent['attributes'] & {}): Asked => ({ cms: { attributes } });
const withAttributesAfter = (attributesAfter: CmsContent['attributes'] & {}): Asked => ({ cms: { attributesAfter } });

const without =
  (dropped: string) =>
  (right: Attributes): Attributes =>
    Object.fromEntries(Object.entries(right).filter(([name]) => name !== dropped));

export const cmsCases: readonly Case[] = [
  ['attached', one({ cms: { isAttached: true }, content: 'attached' })],
  ['attached, given the same content', one({ cms: { isAttached: true } })],
  ['the chain is carried', (_, { signer, issuing, root }) => ({ cms: { certificates: [signer, issuing, root] } })],
  ['other content', one({ content: other })],
  ['empty content', one({ content: new Uint8Array(0) })],
  ['signed by another key', ({ stranger }) => ({ cms: { key: stranger } })],
  ['no certificate of the signer', one({ cms: { certificates: [] } })],
  [
    'the digest of the message is another',
    one(
      withAttributes((right) => ({
        ...right,
        messageDigest: attribute(oids.messageDigest, octetString(hashOf('sha256', other))),
      })),
    ),
  ],
  ['no digest of the message', one(withAttributes(without('messageDigest')))],
  ['no content type', one(withAttributes(without('contentType')))],
  [
    'another content type',
    one(
      withAttributes((right) => ({
        ...right,
        contentType: attribute(oids.contentType, objectIdentifier(oids.timeStampInfo)),
      })),
    ),
  ],
  [
    'the time was altered',
    one(
      withAttributesAfter((right) => ({
        ...right,
        signingTime: attribute(oids.signingTime, time(nowMs - dayMs)),
      })),
    ),
  ],
  ['no time', one(withAttributes(without('signingTime')))],
  ['an attribute was taken away', one(withAttributesAfter(without('signingTime')))],
  ['all attributes were taken away', one(withAttributesAfter(() => ({})))],
  ['signing-certificate is missing', one(withAttributes(without('binding')))],
  ['signing-certificate was taken away', one(withAttributesAfter(without('binding')))],
  [
    'signing-certificate names another',
    (_, { issuing }) => withAttributes((right) => ({ ...right, binding: bindingOf(issuing) })),
  ],
  [
    'signing-certificate has another digest',
    (_, { signer }) => withAttributes((right) => ({ ...right, binding: bindingOf(signer, hashOf('sha256', other)) })),
  ],
  [
    'signing-certificate of version 1',
    (_, { signer }) => withAttributes((right) => ({ ...right, binding: oldBindingOf(signer) })),
  ],
  [
    'signing-certificate in both versions',
    (_, { signer }) => withAttributes((right) => ({ ...right, old: oldBindingOf(signer) })),
  ],
  ['the signature was altered at its start', one({ cms: { signature: flipped(8) } })],
  ['the signature was altered at its end', one({ cms: { signature: flipped(-1) } })],
  ['the signature is short', one({ cms: { signature: (right) => right.subarray(1) } })],
  ['no signature', one({ cms: { signature: () => new Uint8Array(0) } })],
  ['SHA-1', one(weak('sha1'))],
  ['SHA-512', one(weak('sha512'))],
  ['another digest is named', one({ cms: { digestNamed: 'sha512' } })],
  ['the file names no digest', one({ cms: { digestsOfFile: [] } })],
  ['the file names another digest', one({ cms: { digestsOfFile: ['sha512'] } })],
  [
    'another number of the certificate',
    (_, { signer }) => ({ cms: { identifier: sequence(certificateOf(signer).issuer.der, integer(0x4712)) } }),
  ],
  ['an unknown unsigned attribute', one({ cms: { unsigned: [attribute('1.2.3.4.5', nullValue())] } })],
  ['cut', one({ finish: (cms) => cms.subarray(0, -1) })],
  ['an octet after it', one({ finish: (cms) => Uint8Array.from([...cms, 0]) })],
  ['a length that is not the shortest', one({ finish: (cms) => Uint8Array.from([0x30, 0x83, 0, ...cms.subarray(2)]) })],
  ['no octets', one({ finish: () => new Uint8Array(0) })],
  ['two signatures', ({ keys, stranger }) => ({ finish: (cms) => joined(cms, keys, stranger) })],
  [
    'two signatures, one altered',
    ({ keys, stranger }) => ({
      finish: (cms) => joined(cms, keys, stranger, { signature: flipped(-1) }),
    }),
  ],
  [
    'two signatures, one without signing-certificate',
    ({ keys, stranger }) => ({
      finish: (cms) => joined(cms, keys, stranger, { attributes: without('binding') }),
    }),
  ],
];

/** A second signature beside the first, by another person of the same authority. */
function joined(
  cms: Uint8Array,
  keys: Hierarchy['keys'],
  stranger: SigningKey,
  changes: Partial<CmsContent> = {},
): Uint8Array {
  const { subjectPublicKeyInfo } = stranger;
  const own = [extensions.subjectKey(keyIdentifierOf(subjectPublicKeyInfo))];
  const { signer: certificate } = hierarchy(
    { signer: { serial: '4713', subjectPublicKeyInfo, extensions: own } },
    keys,
  );
  return unwrap(joinSignatures(cms, writeCms({ key: stranger, certificate, ...changes })));
}
