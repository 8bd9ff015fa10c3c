import { proofSizeMax, type ReceiptQuestion } from '../../core/log/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import { misuse, readSmallFile, type Answer, type Arguments } from '../kit/index.ts';
import { readCosigners } from './cosigners.ts';

/** Both keys of a log, and those of some rotations before. */
const keySizeMaxBytes = 32_768;
/** Envelopes and signatures are far smaller; a bound keeps a wrong file from filling the memory. */
const actSizeMaxBytes = 4_194_304;

/** Options by which a reader says what the receipt must be of, and whom he trusts. */
export const questionOptions = {
  'log-key': 'optional',
  'witness-key': 'repeatable',
  policy: 'optional',
  'operator-key': 'repeatable',
  act: 'optional',
  signature: 'optional',
} as const;

/** Reads a receipt and what it is asked about: files alone, no network and no database. */
export async function readQuestion(
  locale: Locale,
  given: Arguments,
): Promise<{ readonly question: ReceiptQuestion } | { readonly answer: Answer }> {
  const [file = ''] = given.operands;
  const wanted = [
    { name: 'proof', path: file, sizeMaxBytes: proofSizeMax },
    { name: 'logKey', path: given.option('log-key'), sizeMaxBytes: keySizeMaxBytes },
    { name: 'act', path: given.option('act'), sizeMaxBytes: actSizeMaxBytes },
    { name: 'signature', path: given.option('signature'), sizeMaxBytes: actSizeMaxBytes },
  ];
  const read = new Map<string, Uint8Array>();
  for (const { name, path, sizeMaxBytes } of wanted) {
    if (path === undefined) continue;
    const bytes = await readSmallFile(path, sizeMaxBytes);
    if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file: path }) };
    read.set(name, bytes.value);
  }
  const text = (name: string): string | undefined => {
    const bytes = read.get(name);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  const cosigners = await readCosigners(locale, given);
  if ('answer' in cosigners) return cosigners;
  const logKey = text('logKey')?.trim();
  const [act, signature] = [read.get('act'), read.get('signature')];
  const question = {
    proof: text('proof') ?? '',
    ...(logKey === undefined ? {} : { logKey }),
    ...(act === undefined ? {} : { act }),
    ...(signature === undefined ? {} : { signature }),
    ...cosigners.value,
    sha256,
    verifyEd25519,
    verifyMlDsa44,
  };
  return { question };
}
