import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { certificatesInFile, isSelfSigned, type AlgorithmSuite, type Certificate } from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import { misuse } from '../kit/index.ts';
import { readInput, unreadable, type Step } from './input.ts';

const extensions = ['.cer', '.crt', '.pem', '.der'];
/** The whole state registry has some thirty authorities with a few certificates each. */
const filesMax = 1_000;
const certificateFileMaxBytes = 4 * 1024 * 1024;

export type TrustFolder = { readonly anchors: readonly Certificate[]; readonly intermediates: readonly Certificate[] };

/**
 * The authorities that an operator put into a folder, mixed: one that signed itself is an anchor, any other only leads to one, and who is no authority is
 * neither. Other files and sub-folders are left aside; a certificate file that cannot be read is refused, since trust that was meant and is missing must be noticed.
 */
export async function readTrustFolder(
  locale: Locale,
  folder: string,
  suite: AlgorithmSuite,
): Promise<Step<TrustFolder>> {
  const files = await certificateFiles(folder);
  if (files === undefined) return { answer: misuse(locale, 'cli.error.folder-unreadable', { file: folder }) };
  const authorities: Certificate[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const bytes = await readInput(locale, path, certificateFileMaxBytes);
    if ('answer' in bytes) return bytes;
    const certificates = certificatesInFile(bytes.value);
    if (!certificates.ok) return unreadable(locale, path, 'cli.error.trust-certificate-malformed');
    authorities.push(
      ...certificates.value.filter(({ extensions: { basicConstraints } }) => basicConstraints?.isAuthority === true),
    );
  }
  const anchors = authorities.filter((certificate) => isSelfSigned(certificate, suite));
  if (anchors.length === 0) return { answer: misuse(locale, 'cli.error.trust-without-anchor', { file: folder }) };
  return { value: { anchors, intermediates: authorities.filter((certificate) => !anchors.includes(certificate)) } };
}

async function certificateFiles(folder: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter(
      (entry) => !entry.isDirectory() && extensions.includes(extname(entry.name).toLowerCase()),
    );
    return files.length > filesMax ? undefined : files.map(({ name }) => name).toSorted();
  } catch {
    return undefined;
  }
}
