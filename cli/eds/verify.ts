import { isWholeElement, type VerificationReport } from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import type { Answer, Command } from '../kit/index.ts';
import { readInput, readStructure, unreadable } from './input.ts';
import { openReader, readerOptions } from './reader.ts';
import { exitOf, signerFacts, signerLines, verdictFacts, verdictLine } from './report.ts';

const labels = ['CMS', 'PKCS7', 'PKCS #7 SIGNED DATA'];

function answerOf(locale: Locale, report: VerificationReport): Answer {
  return {
    exit: exitOf[report.verdict],
    facts: { ...verdictFacts(locale, report), signers: report.signers.map((one) => signerFacts(locale, one)) },
    lines: [verdictLine(locale, report), ...report.signers.flatMap((one) => ['', ...signerLines(locale, one)])],
  };
}

/** `qorgan eds verify FILE`: the verdict on a signature file by the trust of a folder; offline. */
export const edsVerify: Command = {
  shape: { operands: ['FILE'], options: { ...readerOptions, content: 'optional' } },
  run: async (given, around) => {
    const { locale } = around;
    const [file = ''] = given.operands;
    const cms = await readStructure(locale, file, labels);
    if ('answer' in cms) return cms.answer;
    // What is not even one element was cut off or is no signature at all: nothing was judged, so nothing is said about a signature.
    if (!isWholeElement(cms.value)) return unreadable(locale, file).answer;
    const path = given.option('content');
    const content = path === undefined ? undefined : await readInput(locale, path);
    if (content !== undefined && 'answer' in content) return content.answer;
    const reader = await openReader(given, around);
    if ('answer' in reader) return reader.answer;
    const { verifier, atMs } = reader.value;
    const signed = content === undefined ? {} : { content: content.value };
    return answerOf(locale, verifier.verify({ cms: cms.value, atMs, ...signed }));
  },
};
