import { createHmac } from 'node:crypto';
import { equalBytes, ok, refuse, toHex, type Result, type Secret } from '../../core/kernel/index.ts';
import { hasNoParameters, readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import {
  contextTag,
  oids,
  openBer,
  readOctets,
  readOid,
  readSmallInteger,
  readOctetsInParts,
  tags,
  type DerReader,
} from '../der/index.ts';
import { decryptByPassword } from './encryption.ts';
import { deriveOctets, derivationPurpose, passwordText, type DerivationDigest } from './key-derivation.ts';
import { spend, type Opening, type Pkcs12Limits, type Pkcs12Refusal } from './limits.ts';
import { pkcs12Oids } from './oids.ts';

/** What one key file holds: certificates in the clear, private keys as they lie in it. */
export type SafeContents = { readonly certificates: readonly CertificateBag[]; readonly keys: readonly KeyBag[] };

export type CertificateBag = { readonly der: Uint8Array; readonly localKeyId: string | undefined };

export type KeyBag = {
  /** Absent where the file keeps the key in the clear inside an encrypted part. */
  readonly encryption: AlgorithmIdentifier | undefined;
  readonly octets: Uint8Array;
  readonly localKeyId: string | undefined;
};

/** Parts of a file and bags of a part: real files have two parts and up to a dozen bags. */
const partsMax = 16;
const bagsMax = 64;

const macDigests: Readonly<Record<string, DerivationDigest>> = {
  [oids.sha1]: { name: 'sha1', outputBytes: 20, blockBytes: 64 },
  [oids.sha256]: { name: 'sha256', outputBytes: 32, blockBytes: 64 },
  [oids.sha384]: { name: 'sha384', outputBytes: 48, blockBytes: 128 },
  [oids.sha512]: { name: 'sha512', outputBytes: 64, blockBytes: 128 },
};

/**
 * Opens a PFX (RFC 7292) with a password and hands its contents to `use` while the password is still at hand. The MAC is checked before anything is
 * decrypted. What was derived from the password is overwritten afterwards; the password itself is the caller's to wipe.
 */
export function openPfx<T>(
  file: Uint8Array,
  password: Secret<'password'>,
  limits: Pkcs12Limits,
  use: (contents: SafeContents, opening: Opening) => Result<T, Pkcs12Refusal>,
): Result<T, Pkcs12Refusal> {
  return password.use((utf8) => {
    const text = passwordText(utf8);
    if (text === undefined) return refuse('pkcs12-password-wrong');
    const opening: Opening = { utf8, text, iterationsLeft: limits.iterationsMax };
    try {
      const contents = readContents(file, opening, limits);
      return contents.ok ? use(contents.value, opening) : contents;
    } finally {
      text.fill(0);
    }
  });
}

function readContents(file: Uint8Array, opening: Opening, limits: Pkcs12Limits): Result<SafeContents, Pkcs12Refusal> {
  const reader = openBer(file, limits);
  const pfx = reader.enter(tags.sequence);
  if (readSmallInteger(pfx) !== 3) pfx.fail('der-value-malformed');
  const { contentType, content } = readContentInfo(pfx);
  const authenticated = content === undefined ? undefined : readOctetsInParts(content);
  content?.finish();
  const mac = pfx.hasMore ? readMac(pfx.enter(tags.sequence)) : undefined;
  pfx.finish();
  reader.finish();
  if (reader.fault !== undefined || authenticated === undefined) return malformed(reader);
  if (contentType !== pkcs12Oids.data) return refuse('pkcs12-unsupported');
  if (mac === undefined) return refuse('pkcs12-unprotected');
  const checked = checkMac(mac, authenticated, opening);
  return checked.ok ? readParts(authenticated, opening, limits) : checked;
}

function malformed(reader: DerReader): { readonly ok: false; readonly refusal: { readonly code: 'pkcs12-malformed' } } {
  return refuse('pkcs12-malformed', { fault: reader.fault ?? 'content-missing' });
}

function readContentInfo(reader: DerReader): { readonly contentType: string; readonly content: DerReader | undefined } {
  const info = reader.enter(tags.sequence);
  const contentType = readOid(info);
  const content = info.hasMore ? info.enter(contextTag(0)) : undefined;
  info.finish();
  return { contentType, content };
}

type Mac = {
  readonly digestOid: string;
  readonly value: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
};

function readMac(fields: DerReader): Mac {
  const info = fields.enter(tags.sequence);
  const algorithm = readAlgorithm(info);
  if (!hasNoParameters(algorithm)) info.fail('der-value-malformed');
  const value = readOctets(info);
  info.finish();
  const salt = readOctets(fields);
  const iterations = fields.hasMore ? readSmallInteger(fields) : 1;
  fields.finish();
  return { digestOid: algorithm.oid, value, salt, iterations };
}

function checkMac(mac: Mac, content: Uint8Array, opening: Opening): Result<undefined, Pkcs12Refusal> {
  const digest = macDigests[mac.digestOid];
  if (digest === undefined) return refuse('pkcs12-unsupported');
  if (mac.salt.length === 0) return refuse('pkcs12-malformed');
  if (!spend(opening, mac.iterations)) return refuse('pkcs12-too-costly');
  const { salt, iterations } = mac;
  const sizeBytes = digest.outputBytes;
  const key = deriveOctets({
    digest,
    purpose: derivationPurpose.macKey,
    password: opening.text,
    salt,
    iterations,
    sizeBytes,
  });
  const expected = createHmac(digest.name, key).update(content).digest();
  key.fill(0);
  return equalBytes(expected, mac.value) ? ok(undefined) : refuse('pkcs12-password-wrong');
}

/** AuthenticatedSafe: parts in the clear or under the password; those under a public key are not known here. */
function readParts(
  authenticated: Uint8Array,
  opening: Opening,
  limits: Pkcs12Limits,
): Result<SafeContents, Pkcs12Refusal> {
  const reader = openBer(authenticated, limits);
  const parts = reader.enter(tags.sequence);
  const certificates: CertificateBag[] = [];
  const keys: KeyBag[] = [];
  for (let count = 0; parts.hasMore; count += 1) {
    if (count === partsMax) return refuse('pkcs12-malformed');
    const { contentType, content } = readContentInfo(parts);
    const octets = readPart(contentType, content, opening);
    if (parts.fault !== undefined || content === undefined) return malformed(reader);
    if (!octets.ok) return octets;
    const bags = readBags(octets.value, limits);
    if (bags === undefined) return refuse('pkcs12-malformed');
    certificates.push(...bags.certificates);
    keys.push(...bags.keys);
  }
  reader.finish();
  return reader.fault === undefined ? ok({ certificates, keys }) : malformed(reader);
}

function readPart(
  contentType: string,
  content: DerReader | undefined,
  opening: Opening,
): Result<Uint8Array, Pkcs12Refusal> {
  if (content === undefined) return refuse('pkcs12-malformed');
  if (contentType === pkcs12Oids.data) return ok(readOctetsInParts(content));
  if (contentType !== pkcs12Oids.encryptedData) return refuse('pkcs12-unsupported');
  const fields = content.enter(tags.sequence);
  if (readSmallInteger(fields) !== 0) fields.fail('der-value-malformed');
  const info = fields.enter(tags.sequence);
  if (readOid(info) !== pkcs12Oids.data) info.fail('der-value-malformed');
  const algorithm = readAlgorithm(info);
  const ciphertext = readOctetsInParts(info, contextTag(0, 'primitive'));
  info.finish();
  fields.finish();
  return content.fault === undefined ? decryptByPassword(algorithm, ciphertext, opening) : malformed(content);
}

/** SafeContents. Lists of revoked certificates, secrets and nested bags are left aside: nothing is made of them. */
function readBags(octets: Uint8Array, limits: Pkcs12Limits): SafeContents | undefined {
  const reader = openBer(octets, limits);
  const bags = reader.enter(tags.sequence);
  const certificates: CertificateBag[] = [];
  const keys: KeyBag[] = [];
  for (let count = 0; bags.hasMore; count += 1) {
    if (count === bagsMax) return undefined;
    const bag = bags.enter(tags.sequence);
    const kind = readOid(bag);
    const value = bag.enter(contextTag(0));
    const der = kind === pkcs12Oids.certBag ? readCertificate(value) : undefined;
    const key = readKey(kind, value);
    if (der === undefined && key === undefined && value.hasMore) value.skip();
    value.finish();
    const localKeyId = bag.hasMore ? readLocalKeyId(bag) : undefined;
    bag.finish();
    if (der !== undefined) certificates.push({ der, localKeyId });
    if (key !== undefined) keys.push({ ...key, localKeyId });
  }
  reader.finish();
  return reader.fault === undefined ? { certificates, keys } : undefined;
}

function readCertificate(value: DerReader): Uint8Array | undefined {
  const bag = value.enter(tags.sequence);
  const isX509 = readOid(bag) === pkcs12Oids.x509Certificate;
  const wrapped = bag.enter(contextTag(0));
  const der = readOctetsInParts(wrapped);
  wrapped.finish();
  bag.finish();
  return isX509 ? der : undefined;
}

function readKey(kind: string, value: DerReader): Omit<KeyBag, 'localKeyId'> | undefined {
  if (kind === pkcs12Oids.keyBag) return { encryption: undefined, octets: value.element(tags.sequence) };
  if (kind !== pkcs12Oids.shroudedKeyBag) return undefined;
  const info = value.enter(tags.sequence);
  const encryption = readAlgorithm(info);
  const octets = readOctetsInParts(info);
  info.finish();
  return { encryption, octets };
}

function readLocalKeyId(bag: DerReader): string | undefined {
  let found: string | undefined;
  const attributes = bag.enter(tags.set);
  while (attributes.hasMore) {
    const attribute = attributes.enter(tags.sequence);
    const oid = readOid(attribute);
    const values = attribute.enter(tags.set);
    if (oid === pkcs12Oids.localKeyId) found = toHex(readOctets(values));
  }
  return found;
}
