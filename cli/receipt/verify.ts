import {
  noteSizeMax,
  upToLastHead,
  verifyReceipt,
  type LeafOutcome,
  type ReceiptFacts,
  type ReceiptVerdict,
} from '../../core/log/index.ts';
import { refusalWords, words, type Locale, type MessageId, type MessageValues } from '../../locales/index.ts';
import { misuse, readSmallFile, timeText, type Answer, type Command, type Fact } from '../kit/index.ts';
import { questionOptions, readQuestion } from './question.ts';

function outcomeWords(locale: Locale, outcome: LeafOutcome): string {
  if (outcome === 'accepted' || outcome === 'superseded') return words(locale, `cli.receipt.outcome.${outcome}`);
  return words(locale, 'cli.receipt.outcome.refused', { code: outcome.slice('refused:'.length) });
}

/** A cosigner that says no time (0, as C2SP allows) vouches for the tree, not for when it was the newest. */
function cosignerText(name: string, atSeconds: number): string {
  return atSeconds === 0 ? name : `${name}, ${timeText(atSeconds * 1_000)}`;
}

function factLines(locale: Locale, facts: ReceiptFacts): readonly string[] {
  const pair = (id: MessageId, value: string | number): string => `  ${words(locale, id)}: ${value}`;
  return [
    ...(facts.isDemo ? [words(locale, 'cli.receipt.demo')] : []),
    pair('cli.receipt.origin', facts.origin),
    pair('cli.receipt.action', facts.leaf.actionId),
    pair('cli.receipt.outcome', outcomeWords(locale, facts.leaf.outcome)),
    pair('cli.receipt.received', timeText(facts.leaf.receivedAtMs)),
    pair('cli.receipt.tree', facts.size),
    pair('cli.receipt.envelope', facts.envelope),
    pair('cli.receipt.level', words(locale, `cli.receipt.level.${facts.level}`)),
    ...(facts.isMlDsa44Signed === undefined
      ? []
      : [words(locale, facts.isMlDsa44Signed ? 'cli.receipt.ml-dsa-44-signed' : 'cli.receipt.ml-dsa-44-absent')]),
    ...facts.cosigners.map(({ name, isOutside, atSeconds }) =>
      pair(isOutside ? 'cli.receipt.cosigned-outside' : 'cli.receipt.cosigned-operator', cosignerText(name, atSeconds)),
    ),
    words(locale, facts.isGivenAct === true ? 'cli.receipt.act-matches' : 'cli.receipt.act-not-given'),
    ...(facts.isGivenSignature === true ? [words(locale, 'cli.receipt.signature-matches')] : []),
  ];
}

function factsFor(facts: ReceiptFacts): { readonly [name: string]: Fact } {
  const { leaf, index, cosigners, ...rest } = facts;
  return { ...rest, cosigners: cosigners.map((one) => ({ ...one })), number: index + 1, index, leaf: { ...leaf } };
}

/** Says a verdict on a receipt in words and facts. */
export function answerOf(locale: Locale, verdict: ReceiptVerdict): Answer {
  if (verdict.verdict === 'good') {
    const { facts } = verdict;
    const id = facts.leaf.outcome === 'accepted' ? 'cli.receipt.good' : 'cli.receipt.good-not-accepted';
    const values: MessageValues = { number: facts.index + 1 };
    return {
      exit: 0,
      facts: { receipt: factsFor(facts) },
      lines: [words(locale, id, values), ...factLines(locale, facts)],
    };
  }
  const { what, why, next } = refusalWords(locale, { code: verdict.reason });
  const advice = [why, words(locale, 'cli.next', { next })];
  if (verdict.verdict === 'bad') {
    return {
      exit: 1,
      facts: { reason: verdict.reason },
      lines: [words(locale, 'cli.receipt.bad', { reason: what }), ...advice],
    };
  }
  const claims =
    verdict.facts === undefined ? [] : [words(locale, 'cli.receipt.claims'), ...factLines(locale, verdict.facts)];
  const unproven = verdict.facts === undefined ? {} : { unproven: factsFor(verdict.facts) };
  return {
    exit: 2,
    facts: { reason: verdict.reason, ...unproven },
    lines: [words(locale, 'cli.receipt.cannot-tell', { reason: what }), ...advice, ...claims],
  };
}

/** `qorgan receipt verify FILE`: offline, and without any secret. */
export const receiptVerify: Command = {
  shape: { operands: ['FILE'], options: { ...questionOptions, 'last-head': 'optional' } },
  run: async (given, { locale }) => {
    const read = await readQuestion(locale, given);
    if ('answer' in read) return read.answer;
    const verdict = verifyReceipt(read.question);
    const file = given.option('last-head');
    if (file === undefined) return answerOf(locale, verdict);
    const lastHead = await readSmallFile(file, noteSizeMax);
    if (!lastHead.ok) return misuse(locale, `cli.error.${lastHead.refusal.code}`, { file });
    return answerOf(locale, upToLastHead(verdict, read.question, Buffer.from(lastHead.value).toString('utf8')));
  },
};
