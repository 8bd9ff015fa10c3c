import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Certificates for card tests, made by `openssl`: what the cards carry must not come from the code that is tested. */
export type OpensslCa = {
  close(): void;
  certify(options: { spki: Uint8Array; commonName: string; keyUsage: string }): Uint8Array;
};

export function openOpensslCa(): OpensslCa {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-card-ca-'));
  const openssl = (...parts: string[]): void => void execFileSync('openssl', parts, { cwd: directory, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '30',
    '-subj',
    '/CN=card test',
  );
  return {
    close: () => rmSync(directory, { recursive: true }),
    certify({ spki, commonName, keyUsage }) {
      const pem = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
        type: 'spki',
        format: 'pem',
      });
      writeFileSync(join(directory, 'public.pem'), pem);
      writeFileSync(
        join(directory, 'extensions.cnf'),
        `keyUsage=critical,${keyUsage}\nextendedKeyUsage=emailProtection\n`,
      );
      openssl('req', '-new', '-key', 'ca.key', '-subj', `/CN=${commonName}`, '-utf8', '-out', 'request.csr');
      openssl(
        'x509',
        '-req',
        '-in',
        'request.csr',
        '-force_pubkey',
        'public.pem',
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '30',
        '-extfile',
        'extensions.cnf',
        '-outform',
        'DER',
        '-out',
        'issued.der',
      );
      return new Uint8Array(readFileSync(join(directory, 'issued.der')));
    },
  };
}
