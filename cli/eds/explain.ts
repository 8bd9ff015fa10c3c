import { explain, octetsInFile, type Explanation, type ExplainLine } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import type { Answer, Command, Fact } from '../kit/index.ts';
import { readInput } from './input.ts';

/** Blocks of one PEM file that are explained; a chain has fewer. */
const blocksMax = 16;

function lineText(locale: Locale, line: ExplainLine): string {
  const indent = '  '.repeat(line.depth);
  switch (line.kind) {
    case 'field': {
      const label = words(locale, `explain.field.${line.field}`);
      return line.value === '' ? `${indent}${label}` : `${indent}${label}: ${line.value}`;
    }
    case 'element': {
      const place = `${String(line.offset).padStart(7)} ${line.headerBytes}+${line.contentBytes ?? '∞'}`.padEnd(17);
      return `${place} ${indent}${line.type}${line.value === undefined ? '' : ` ${line.value}`}`.trimEnd();
    }
    case 'fault':
      return `${String(line.offset).padStart(7)} ${words(locale, `explain.fault.${line.fault}`)}`;
  }
}

function linesOf(locale: Locale, { form, lines, isCut }: Explanation): readonly string[] {
  const fields = lines.filter(({ kind }) => kind === 'field');
  const tree = lines.filter(({ kind }) => kind !== 'field');
  return [
    words(locale, `explain.form.${form}`),
    ...fields.map((line) => lineText(locale, line)),
    words(locale, 'explain.tree'),
    ...tree.map((line) => lineText(locale, line)),
    ...(isCut ? [words(locale, 'explain.cut')] : []),
  ];
}

function factsOf({ form, lines, isCut }: Explanation): Fact {
  const factOf = (line: ExplainLine): Fact =>
    Object.fromEntries(Object.entries(line).map(([name, value]) => [name, value ?? null]));
  return { form, isCut, lines: lines.map(factOf) };
}

function answerOf(locale: Locale, explanations: readonly Explanation[]): Answer {
  const isReadable = explanations.every(({ form }) => form !== 'octets');
  return {
    exit: isReadable ? 0 : 2,
    facts: { structures: explanations.map(factsOf) },
    lines: [words(locale, 'explain.claims'), ...explanations.flatMap((one) => ['', ...linesOf(locale, one)])],
  };
}

/** `qorgan eds explain FILE`: what a certificate, signature, list, response or key file holds, read and not verified; 2 where it is none. */
export const edsExplain: Command = {
  shape: { operands: ['FILE'], options: {} },
  run: async (given, { locale }) => {
    const [file = ''] = given.operands;
    const bytes = await readInput(locale, file);
    if ('answer' in bytes) return bytes.answer;
    const octets = octetsInFile(bytes.value) ?? [];
    // A text without any structure is shown to be none.
    const structures = octets.length === 0 ? [bytes.value] : octets.slice(0, blocksMax);
    return answerOf(locale, structures.map(explain));
  },
};
