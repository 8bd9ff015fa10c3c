import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pem } from '../world.ts';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'eds-agreement-'));
export const removeFiles = (): void => rmSync(folder, { recursive: true, force: true });

function file(name: string, octets: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

export type Told = { readonly isOk: boolean; readonly output: string };

function openssl(words: readonly string[]): Told {
  const { status, stdout, stderr } = spawnSync('openssl', words);
  return { isOk: status === 0, output: `${stdout.toString()}${stderr.toString()}` };
}

const certificatesIn = (ders: readonly Uint8Array[]): string => ders.map((der) => pem('CERTIFICATE', der)).join('');
const at = (timeMs: number): readonly string[] => ['-attime', String(Math.floor(timeMs / 1000))];

/** `openssl cms -verify -cades`, with the chain and all revocation lists checked at this time. */
export function verifyCms(asked: {
  readonly cms: Uint8Array;
  readonly content: Uint8Array | undefined;
  readonly authorities: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly atMs: number;
}): Told {
  const { cms, content, authorities, lists, atMs } = asked;
  const trusted = certificatesIn(authorities) + lists.map((der) => pem('X509 CRL', der)).join('');
  return openssl([
    ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', file('signed.p7s', cms)],
    ...(content === undefined ? [] : ['-content', file('content', content)]),
    ...['-CAfile', file('trusted.pem', trusted), '-crl_check_all', ...at(atMs), '-out', '/dev/null'],
  ]);
}

/** `openssl ts -verify` of a token over these octets. */
export function verifyToken(asked: {
  readonly token: Uint8Array;
  readonly stamped: Uint8Array;
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  readonly atMs: number;
}): Told {
  return openssl([
    ...['ts', '-verify', '-data', file('stamped', asked.stamped), '-in', file('token.der', asked.token), '-token_in'],
    ...['-CAfile', file('root.pem', certificatesIn([asked.root])), ...at(asked.atMs)],
    ...['-untrusted', file('issuing.pem', certificatesIn([asked.issuing]))],
  ]);
}

/** `openssl ocsp` of a response about a certificate, by the clock of the machine: true where it verifies and says good, in time. */
export function isGoodResponse(asked: {
  readonly response: Uint8Array;
  readonly certificate: Uint8Array;
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
}): Told {
  const { output } = openssl([
    ...['ocsp', '-respin', file('response.der', asked.response), '-sha256', '-no_nonce'],
    ...['-CAfile', file('chain.pem', certificatesIn([asked.root, asked.issuing]))],
    ...['-issuer', file('issuing.pem', certificatesIn([asked.issuing]))],
    ...['-cert', file('person.pem', certificatesIn([asked.certificate]))],
  ]);
  const isOk =
    output.includes('Response verify OK') && /: good$/mu.test(output) && !output.includes('Status times invalid');
  return { isOk, output };
}
