import { octetsInFile } from '../../eds/index.ts';
import { words, type Locale, type MessageId } from '../../locales/index.ts';
import { misuse, readSmallFile, type Answer } from '../kit/index.ts';

/** What a step of a command gives: its value, or the answer that ends the command. */
export type Step<T> = { readonly value: T } | { readonly answer: Answer };

/** Signatures with attached documents are the largest: the verifier reads no more than this. */
export const fileSizeMaxBytes = 32 * 1024 * 1024;

/** Reads one file whole. */
export async function readInput(
  locale: Locale,
  file: string,
  sizeMaxBytes = fileSizeMaxBytes,
): Promise<Step<Uint8Array>> {
  const bytes = await readSmallFile(file, sizeMaxBytes);
  if (bytes.ok) return { value: bytes.value };
  return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
}

/** Reads the one structure that a file holds, as DER, PEM or base64; its labels are those of PEM. */
export async function readStructure(
  locale: Locale,
  file: string,
  labels?: readonly string[],
): Promise<Step<Uint8Array>> {
  const read = await readInput(locale, file);
  if ('answer' in read) return read;
  const [octets, ...others] = octetsInFile(read.value, labels) ?? [];
  return octets === undefined || others.length > 0 ? unreadable(locale, file) : { value: octets };
}

/** The answer about a file that could be opened but holds nothing that could be judged: nothing was found out. */
export function unreadable(
  locale: Locale,
  file: string,
  id: MessageId = 'cli.error.input-unreadable',
): { readonly answer: Answer } {
  return { answer: misuse(locale, id, { file }) };
}

/** A line of a label and a value. */
export function pair(locale: Locale, id: MessageId, value: string): string {
  return `${words(locale, id)}: ${value}`;
}
