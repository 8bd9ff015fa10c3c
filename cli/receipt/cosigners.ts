import {
  noteKeyTypes,
  parseNoteKey,
  parseWitnessPolicy,
  policyOfKeys,
  policySizeMax,
  type NoteKey,
  type ReceiptQuestion,
} from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import { misuse, readSmallFile, refused, type Answer, type Arguments } from '../kit/index.ts';

/** An ML-DSA-44 key has some 2 kB. */
const keyFileSizeMaxBytes = 4_096;

type Read<T> = { readonly value: T } | { readonly answer: Answer };

async function readText(locale: Locale, path: string, sizeMaxBytes: number): Promise<Read<string>> {
  const bytes = await readSmallFile(path, sizeMaxBytes);
  if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file: path }) };
  return { value: Buffer.from(bytes.value).toString('utf8') };
}

/** One key a file: who wants either of two keys of one witness writes a policy. */
async function readKeys(locale: Locale, paths: readonly string[]): Promise<Read<readonly NoteKey[]>> {
  const keys: NoteKey[] = [];
  for (const path of paths) {
    const text = await readText(locale, path, keyFileSizeMaxBytes);
    if ('answer' in text) return text;
    const key = parseNoteKey(sha256, text.value.trim());
    if (!key.ok || key.value.type === noteKeyTypes.ed25519)
      return { answer: misuse(locale, 'cli.error.cosigner-key-malformed', { file: path }) };
    keys.push(key.value);
  }
  return { value: keys };
}

/** Whom the reader of a receipt trusts besides the log: every `--witness-key` must have cosigned, or whom `--policy` wants. */
export async function readCosigners(
  locale: Locale,
  given: Arguments,
): Promise<Read<Pick<ReceiptQuestion, 'witnesses' | 'operatorKeys'>>> {
  const [policy, witnessKeys] = [given.option('policy'), given.all('witness-key')];
  if (policy !== undefined && witnessKeys.length > 0) {
    const pair = { first: '--policy', second: '--witness-key' };
    return { answer: misuse(locale, 'cli.error.options-exclusive', pair) };
  }
  const operatorKeys = await readKeys(locale, given.all('operator-key'));
  if ('answer' in operatorKeys) return operatorKeys;
  if (policy === undefined) {
    const keys = await readKeys(locale, witnessKeys);
    return 'answer' in keys
      ? keys
      : { value: { witnesses: policyOfKeys(keys.value), operatorKeys: operatorKeys.value } };
  }
  const text = await readText(locale, policy, policySizeMax);
  if ('answer' in text) return text;
  const witnesses = parseWitnessPolicy(sha256, text.value);
  return witnesses.ok
    ? { value: { witnesses: witnesses.value, operatorKeys: operatorKeys.value } }
    : { answer: refused(locale, witnesses.refusal, 2) };
}
