import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Revoked } from './crl-writer.ts';
import { readKey, writeKey, type SigningKey } from './signing-key.ts';

/** Everything that a test authority keeps between runs. */
export type AuthorityState = {
  readonly isDemo: boolean;
  readonly rootKey: SigningKey;
  readonly issuingKey: SigningKey;
  readonly rootCertificate: Uint8Array;
  readonly issuingCertificate: Uint8Array;
  readonly issuedCount: number;
  /** Serial numbers, for the OCSP responder: it answers "never issued" about all others. */
  readonly issued: readonly string[];
  readonly listNumber: number;
  readonly revoked: readonly Revoked[];
  /** The last base list: its delta lists say what changed since. */
  readonly base: { readonly number: number; readonly revoked: readonly Revoked[] };
};

const version = 1;

/** Reads an authority from its folder, or `undefined` where there is none. A damaged folder is thrown: a test authority is made anew. */
export function readAuthority(directory: string): AuthorityState | undefined {
  const file = join(directory, 'authority.json');
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as {
    version: number;
    isDemo: boolean;
    issuedCount: number;
    listNumber: number;
    revoked: Revoked[];
    issued?: string[];
    base?: AuthorityState['base'];
  };
  if (kept.version !== version) throw new Error('test authority: the folder was written by another version');
  return {
    isDemo: kept.isDemo,
    issuedCount: kept.issuedCount,
    listNumber: kept.listNumber,
    revoked: kept.revoked,
    issued: kept.issued ?? [],
    base: kept.base ?? { number: 0, revoked: [] },
    rootKey: readKey(readFileSync(join(directory, 'root.key.pem'), 'utf8')),
    issuingKey: readKey(readFileSync(join(directory, 'issuing.key.pem'), 'utf8')),
    rootCertificate: new Uint8Array(readFileSync(join(directory, 'root.cer'))),
    issuingCertificate: new Uint8Array(readFileSync(join(directory, 'issuing.cer'))),
  };
}

/** Writes keys (mode 0600) and certificates once, and the counters each time; the folder is 0700. */
export function writeAuthority(directory: string, state: AuthorityState): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  if (!existsSync(join(directory, 'authority.json'))) {
    replace(join(directory, 'root.key.pem'), writeKey(state.rootKey));
    replace(join(directory, 'issuing.key.pem'), writeKey(state.issuingKey));
    replace(join(directory, 'root.cer'), state.rootCertificate);
    replace(join(directory, 'issuing.cer'), state.issuingCertificate);
  }
  const { isDemo, issuedCount, issued, listNumber, revoked, base } = state;
  replace(
    join(directory, 'authority.json'),
    `${JSON.stringify({ version, isDemo, issuedCount, issued, listNumber, revoked, base }, null, 1)}\n`,
  );
}

function replace(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
