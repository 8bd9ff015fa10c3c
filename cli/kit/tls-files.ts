import type { Answer } from './answer.ts';
import { misuse } from './answer.ts';
import type { Arguments } from './arguments.ts';
import type { Surroundings } from './command.ts';
import { readSmallFile } from './files.ts';

const pemSizeMaxBytes = 65_536;

/** Options of a listener by TLS. */
export const tlsOptions = { certificate: 'optional', key: 'optional' } as const;

/** Reads the certificate and key (PEM) of a listener; both or none are given. */
export async function readTlsFiles(
  given: Arguments,
  { locale }: Surroundings,
): Promise<
  { readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array } | undefined } | { readonly answer: Answer }
> {
  const [certificate, key] = [given.option('certificate'), given.option('key')];
  if (certificate === undefined && key === undefined) return {};
  const pem: Uint8Array[] = [];
  for (const [flag, file] of [
    ['--certificate', certificate],
    ['--key', key],
  ] as const) {
    if (file === undefined) return { answer: misuse(locale, 'cli.error.argument-missing', { what: flag }) };
    const bytes = await readSmallFile(file, pemSizeMaxBytes);
    if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
    pem.push(bytes.value);
  }
  const [cert, tlsKey] = pem;
  return cert === undefined || tlsKey === undefined ? {} : { tls: { cert, key: tlsKey } };
}
