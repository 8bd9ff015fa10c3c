import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { octetsInFile } from '../der/index.ts';
import { parseCertificate, type Certificate } from './certificate.ts';

const fileMaxBytes = 4 * 1024 * 1024;
const certificatesMax = 256;

/**
 * Reads the certificates of a file that a person hands in: DER, PEM with any number of certificates (other blocks and the lines between are
 * left aside), or bare base64 as the national authority's tools write. Refuses `certificate-malformed` where one of them is, and where there is none.
 */
export function certificatesInFile(file: Uint8Array): Result<readonly Certificate[], 'certificate-malformed'> {
  if (file.length > fileMaxBytes) return refuse('certificate-malformed');
  const octets = octetsInFile(file, ['CERTIFICATE']) ?? [];
  if (octets.length === 0 || octets.length > certificatesMax) return refuse('certificate-malformed');
  const certificates: Certificate[] = [];
  for (const der of octets) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  return ok(certificates);
}
