import { ok, refuse, Secret, type Result } from '../../../core/kernel/index.ts';
import { certificateLimits, openDer, readSmallInteger, tags } from '../../der/index.ts';
import { readAlgorithm } from '../../algorithms/index.ts';
import { parseCertificate, type Certificate } from '../../x509/index.ts';
import { decryptByPassword } from '../encryption.ts';
import { pkcs12Limits, type Opening, type Pkcs12Limits, type Pkcs12Refusal } from '../limits.ts';
import { openPfx, type KeyBag, type SafeContents } from '../pfx.ts';

// Only `dev` and `tests` may import this file (tests/architecture): a product that opened private keys from files would carry them in memory.

/** A private key of a key file with the certificate that the file ties to it. */
export type FileKey = {
  /** OID of the key's algorithm. */
  readonly algorithmOid: string;
  /** PKCS#8 PrivateKeyInfo, DER. The caller wipes it. */
  readonly privateKeyInfo: Secret<'private-key'>;
  readonly certificate: Certificate;
};

/**
 * The private keys of a key file, each with its certificate (by localKeyId; a lone key and a lone certificate belong together). Refuses as
 * `certificatesInPkcs12`, and `pkcs12-malformed` where a key has no certificate. For development and tests.
 */
export function keysInPkcs12(
  file: Uint8Array,
  password: Secret<'password'>,
  limits: Pkcs12Limits = pkcs12Limits,
): Result<readonly FileKey[], Pkcs12Refusal> {
  return openPfx(file, password, limits, (contents, opening) => {
    const keys: FileKey[] = [];
    for (const bag of contents.keys) {
      const key = openKey(bag, contents, opening);
      if (!key.ok) {
        for (const { privateKeyInfo } of keys) privateKeyInfo.wipe();
        return key;
      }
      keys.push(key.value);
    }
    return ok(keys);
  });
}

function openKey(bag: KeyBag, contents: SafeContents, opening: Opening): Result<FileKey, Pkcs12Refusal> {
  const { encryption, octets } = bag;
  const clear = encryption === undefined ? ok(Uint8Array.from(octets)) : decryptByPassword(encryption, octets, opening);
  if (!clear.ok) return clear;
  const algorithmOid = algorithmOf(clear.value);
  const der = certificateOf(bag, contents);
  const certificate = der === undefined ? undefined : parseCertificate(der);
  if (algorithmOid === undefined || certificate?.ok !== true) {
    clear.value.fill(0);
    return refuse('pkcs12-malformed');
  }
  const privateKeyInfo = new Secret('private-key', clear.value);
  return ok({ algorithmOid, privateKeyInfo, certificate: certificate.value });
}

/** PrivateKeyInfo (RFC 5208 §5) up to its algorithm. */
function algorithmOf(privateKeyInfo: Uint8Array): string | undefined {
  const reader = openDer(privateKeyInfo, certificateLimits);
  const fields = reader.enter(tags.sequence);
  const version = readSmallInteger(fields);
  const algorithm = readAlgorithm(fields);
  fields.content(tags.octetString);
  reader.finish();
  return reader.fault === undefined && version <= 1 ? algorithm.oid : undefined;
}

function certificateOf({ localKeyId }: KeyBag, { keys, certificates }: SafeContents): Uint8Array | undefined {
  const named = certificates.find((one) => localKeyId !== undefined && one.localKeyId === localKeyId);
  const lone = keys.length === 1 && certificates.length === 1 ? certificates[0] : undefined;
  return (named ?? lone)?.der;
}
