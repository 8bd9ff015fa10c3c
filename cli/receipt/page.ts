import { writeFile } from 'node:fs/promises';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { verifyReceipt, type ReceiptQuestion } from '../../core/log/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { printedAct, receiptPage, type PrintedAct } from '../../main/receipt-page/index.ts';
import { misuse, type Command } from '../kit/index.ts';
import { questionOptions, readQuestion } from './question.ts';
import { answerOf } from './verify.ts';

/** The act, where it was given: the receipt was found to be of these very bytes. */
function actOf(locale: Locale, { act, signature }: ReceiptQuestion): PrintedAct | undefined {
  if (act === undefined) return undefined;
  const text = typeof act === 'string' ? act : Buffer.from(act).toString('utf8');
  const envelope = parseActEnvelope(text);
  return envelope.ok ? printedAct({ locale, envelope: envelope.value, cms: signature }) : undefined;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/** `qorgan receipt page FILE --out PAGE.html`: prints only what holds by the reader's keys; no file is written over. */
export const receiptPageCommand: Command = {
  shape: { operands: ['FILE'], options: { ...questionOptions, out: 'required' } },
  run: async (given, { locale, nowMs }) => {
    const read = await readQuestion(locale, given);
    if ('answer' in read) return read.answer;
    const { question } = read;
    const verdict = verifyReceipt(question);
    if (verdict.verdict !== 'good') return answerOf(locale, verdict);
    const act = actOf(locale, question);
    const page = receiptPage({
      locale,
      receipt: question.proof,
      facts: verdict.facts,
      checkedAtMs: nowMs(),
      ...(act === undefined ? {} : { act }),
    });
    const file = given.required('out');
    try {
      await writeFile(file, page, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      return misuse(locale, isTaken(error) ? 'cli.error.file-exists' : 'cli.error.file-unwritable', { file });
    }
    const said = answerOf(locale, verdict);
    return {
      ...said,
      facts: { ...said.facts, page: file },
      lines: [words(locale, 'cli.receipt.page-made', { file }), ...said.lines],
    };
  },
};
