import { fromBase64, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseCertificate, type Certificate } from './certificate.ts';

const fileMaxBytes = 4 * 1024 * 1024;
const certificatesMax = 256;
const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/gu;

/**
 * Reads the certificates of a file that a person hands in: DER, PEM with any number of certificates (other blocks and the lines between are
 * left aside), or bare base64 as the national authority's tools write. Refuses `certificate-malformed` where one of them is, and where there is none.
 */
export function certificatesInFile(file: Uint8Array): Result<readonly Certificate[], 'certificate-malformed'> {
  if (file.length === 0 || file.length > fileMaxBytes) return refuse('certificate-malformed');
  const isDer = file[0] === 0x30 && (file[1] ?? 0) >= 0x80;
  return isDer ? collect([file]) : certificatesInText(asciiOf(file));
}

function certificatesInText(text: string): Result<readonly Certificate[], 'certificate-malformed'> {
  const blocks = [...text.matchAll(pemBlock)].flatMap(([, label, body]) =>
    label === 'CERTIFICATE' ? [body ?? ''] : [],
  );
  const bodies = text.includes('-----') ? blocks : [text];
  const octets: Uint8Array[] = [];
  for (const body of bodies) {
    const decoded = fromBase64(body.replaceAll(/\s/gu, ''));
    if (!decoded.ok) return refuse('certificate-malformed');
    octets.push(decoded.value);
  }
  return collect(octets);
}

function collect(octets: readonly Uint8Array[]): Result<readonly Certificate[], 'certificate-malformed'> {
  if (octets.length === 0 || octets.length > certificatesMax) return refuse('certificate-malformed');
  const certificates: Certificate[] = [];
  for (const der of octets) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  return ok(certificates);
}

/** Octets beyond ASCII become a sign that base64 does not have. */
function asciiOf(file: Uint8Array): string {
  let text = '';
  for (const octet of file) text += octet < 0x80 ? String.fromCharCode(octet) : '?';
  return text;
}
