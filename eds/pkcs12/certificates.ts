import { ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';
import { pkcs12Limits, type Pkcs12Limits, type Pkcs12Refusal } from './limits.ts';
import { openPfx } from './pfx.ts';

/**
 * The certificates of a key file (PKCS#12), those of private keys first. The keys themselves stay encrypted and are not touched. Refuses as `Pkcs12Refusal`
 * says; a wrong password is always `pkcs12-password-wrong`. The caller wipes the password.
 */
export function certificatesInPkcs12(
  file: Uint8Array,
  password: Secret<'password'>,
  limits: Pkcs12Limits = pkcs12Limits,
): Result<readonly Certificate[], Pkcs12Refusal> {
  return openPfx(file, password, limits, ({ certificates, keys }) => {
    const identifiers = new Set(keys.map(({ localKeyId }) => localKeyId));
    const isOfKey = (id: string | undefined): boolean => id !== undefined && identifiers.has(id);
    const ordered = [
      ...certificates.filter(({ localKeyId }) => isOfKey(localKeyId)),
      ...certificates.filter(({ localKeyId }) => !isOfKey(localKeyId)),
    ];
    const parsed: Certificate[] = [];
    for (const { der } of ordered) {
      const certificate = parseCertificate(der);
      if (!certificate.ok) return refuse('pkcs12-malformed');
      parsed.push(certificate.value);
    }
    return ok(parsed);
  });
}
