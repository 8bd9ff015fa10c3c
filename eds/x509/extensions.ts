import { toHex } from '../../core/kernel/index.ts';
import {
  certificateLimits,
  contextTag,
  oids,
  openDer,
  readBits,
  readBoolean,
  readNull,
  readOctets,
  readOid,
  readSmallInteger,
  tags,
  type DerReader,
} from '../der/index.ts';

/** Bits of keyUsage by number (RFC 5280 §4.2.1.3). */
export const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof keyUsageBits)[number];

/** The extensions that decisions are made on. An absent extension is `undefined`, never an empty list. */
export type Extensions = {
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly isExtendedKeyUsageCritical: boolean;
  readonly policies: readonly string[] | undefined;
  readonly basicConstraints: { readonly isAuthority: boolean; readonly pathLengthMax: number | undefined } | undefined;
  /** Lower-case hexadecimal. */
  readonly subjectKeyIdentifier: string | undefined;
  readonly authorityKeyIdentifier: string | undefined;
  /** HTTP addresses of the revocation list; read, never followed by `eds`. */
  readonly crlUrls: readonly string[];
  /** The same of the delta list (freshestCRL) and of the OCSP responder (authorityInfoAccess). */
  readonly deltaCrlUrls: readonly string[];
  readonly ocspUrls: readonly string[];
  /** An OCSP responder's certificate that its authority will not revoke (RFC 6960 §4.2.2.2.1). */
  readonly hasOcspNoCheck: boolean;
  /** Where the private key lives, an OID below 1.2.398.3.3.5. */
  readonly keyCarrier: string | undefined;
  /** Extensions that are critical and not understood here, and conditions that are not processed: such a certificate can never give VALID. */
  readonly unknownCritical: readonly string[];
};

/** Conditions on whole paths, which nothing here processes: taken as critical even where an authority forgot to say so. */
const unprocessed = new Set<string>([oids.nameConstraints, oids.policyConstraints, oids.inhibitAnyPolicy]);
/** Understood, or harmless when critical since what they say is not relied on. */
const readOnly = new Set<string>([oids.subjectAltName, oids.issuerAltName]);

/** Longer addresses are cut, which leads nowhere: an address of thousands of octets is no honest one. */
const addressMaxBytes = 2048;

type Draft = { -readonly [Key in keyof Extensions]: Extensions[Key] };
type Parser = (draft: Draft, value: DerReader, isCritical: boolean) => void;

const parsers: Readonly<Record<string, Parser>> = {
  [oids.keyUsage]: (draft, value) => {
    const { octets } = readBits(value);
    draft.keyUsage = keyUsageBits.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  },
  [oids.extendedKeyUsage]: (draft, value, isCritical) => {
    draft.isExtendedKeyUsageCritical = isCritical;
    draft.extendedKeyUsage = readAll(value, readOid);
  },
  [oids.certificatePolicies]: (draft, value) => {
    draft.policies = readAll(value, (all) => {
      const policy = all.enter(tags.sequence);
      const oid = readOid(policy);
      if (policy.hasMore) policy.element(tags.sequence);
      policy.finish();
      return oid;
    });
  },
  [oids.basicConstraints]: (draft, value) => {
    const all = value.enter(tags.sequence);
    const isAuthority = all.peek() === tags.boolean && readBoolean(all);
    const pathLengthMax = all.hasMore ? readSmallInteger(all) : undefined;
    all.finish();
    draft.basicConstraints = { isAuthority, pathLengthMax };
  },
  [oids.subjectKeyIdentifier]: (draft, value) => {
    draft.subjectKeyIdentifier = toHex(readOctets(value));
  },
  [oids.authorityKeyIdentifier]: (draft, value) => {
    draft.authorityKeyIdentifier = readAuthorityKey(value);
  },
  [oids.crlDistributionPoints]: (draft, value) => {
    draft.crlUrls = readAll(value, readDistributionPoint).flat();
  },
  [oids.freshestCrl]: (draft, value) => {
    draft.deltaCrlUrls = readAll(value, readDistributionPoint).flat();
  },
  [oids.authorityInfoAccess]: (draft, value) => {
    draft.ocspUrls = readAll(value, readOcspAddress).flat();
  },
  [oids.ocspNoCheck]: (draft, value) => {
    readNull(value);
    draft.hasOcspNoCheck = true;
  },
  [oids.keyCarrier]: (draft, value) => {
    const all = value.enter(tags.sequence);
    draft.keyCarrier = readOid(all);
    all.finish();
  },
};

/** Reads `Extensions` (RFC 5280 §4.1): an extension that occurs twice is a fault. */
export function readExtensions(reader: DerReader): Extensions {
  const draft: Draft = { ...noExtensions };
  const unknownCritical: string[] = [];
  const seen = new Set<string>();
  const list = reader.enter(tags.sequence);
  while (list.hasMore) {
    const extension = readExtension(list);
    if (seen.has(extension.oid)) list.fail('der-value-malformed');
    seen.add(extension.oid);
    const parse = parsers[extension.oid];
    if (parse !== undefined) parseValue(list, extension.value, (value) => parse(draft, value, extension.isCritical));
    else if (unprocessed.has(extension.oid) || (extension.isCritical && !readOnly.has(extension.oid)))
      unknownCritical.push(extension.oid);
  }
  return { ...draft, unknownCritical };
}

/** What a certificate without extensions says: nothing. */
export const noExtensions: Extensions = {
  keyUsage: undefined,
  extendedKeyUsage: undefined,
  isExtendedKeyUsageCritical: false,
  policies: undefined,
  basicConstraints: undefined,
  subjectKeyIdentifier: undefined,
  authorityKeyIdentifier: undefined,
  crlUrls: [],
  deltaCrlUrls: [],
  ocspUrls: [],
  hasOcspNoCheck: false,
  keyCarrier: undefined,
  unknownCritical: [],
};

/** One `Extension`, shared with revocation lists. */
export function readExtension(list: DerReader): {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
} {
  const one = list.enter(tags.sequence);
  const oid = readOid(one);
  const isCritical = one.peek() === tags.boolean && readBoolean(one);
  const value = readOctets(one);
  one.finish();
  return { oid, isCritical, value };
}

/** Parses the octets of an extension's value whole; a fault inside becomes a fault of the list. */
export function parseValue(list: DerReader, octets: Uint8Array, parse: (value: DerReader) => void): void {
  const value = openDer(octets, certificateLimits);
  parse(value);
  value.finish();
  if (value.fault !== undefined) list.fail(value.fault);
}

/** The key identifier of an AuthorityKeyIdentifier as lower-case hexadecimal; issuer and serial beside it are not used. */
export function readAuthorityKey(value: DerReader): string | undefined {
  const all = value.enter(tags.sequence);
  const tag = contextTag(0, 'primitive');
  const identifier = all.peek() === tag ? toHex(all.content(tag)) : undefined;
  while (all.hasMore) all.skip();
  return identifier;
}

function readDistributionPoint(all: DerReader): readonly string[] {
  const urls: string[] = [];
  const point = all.enter(tags.sequence);
  if (point.peek() === contextTag(0)) {
    const name = point.enter(contextTag(0));
    if (name.peek() === contextTag(0)) {
      const names = name.enter(contextTag(0));
      while (names.hasMore) urls.push(...readAddress(names));
    } else name.skip();
  }
  while (point.hasMore) point.skip();
  return urls;
}

/** The URI of a GeneralName; other kinds of name are stepped over. */
export function readAddress(names: DerReader): readonly string[] {
  const uri = contextTag(6, 'primitive');
  if (names.peek() === uri) return [String.fromCharCode(...names.content(uri).subarray(0, addressMaxBytes))];
  names.skip();
  return [];
}

function readOcspAddress(all: DerReader): readonly string[] {
  const description = all.enter(tags.sequence);
  const method = readOid(description);
  const addresses = readAddress(description);
  description.finish();
  return method === oids.ocspAccess ? addresses : [];
}

function readAll<T>(value: DerReader, read: (all: DerReader) => T): readonly T[] {
  const all = value.enter(tags.sequence);
  const items: T[] = [];
  while (all.hasMore) items.push(read(all));
  return items;
}
