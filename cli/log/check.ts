import { parseWitnessPolicy, policySizeMax, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { checkPlace, type Finding } from '../../server/boot/index.ts';
import { misuse, readSmallFile, refused, type Answer, type Arguments, type Command, type Fact } from '../kit/index.ts';
import { placeOf, placeOptions } from '../server/index.ts';
import { tellProgress } from './progress.ts';

/** Findings that are named; of any further ones only the count is told. */
const findingsMax = 1_000;

/** One line: where, which octet, and what is expected there. */
function lineOf(locale: Locale, finding: Finding): string {
  const { place, key, column, offset, is, expected } = finding;
  const name = [place, key, column ?? ''].filter((part) => part !== '').join(' · ');
  const where = offset === undefined ? name : words(locale, 'cli.log.check.at', { name, offset });
  const values = { where, expected: words(locale, `cli.log.expected.${expected}`) };
  return words(locale, `cli.log.is.${is}`, values);
}

function factOf({ place, key, column, offset, is, expected }: Finding): Fact {
  return { place, key, column: column ?? null, offset: offset ?? null, is, expected };
}

type Outcome = {
  readonly findings: readonly Finding[];
  readonly count: number;
  readonly summary: { readonly treeSize: number; readonly acts: number; readonly unknownLines: number } | undefined;
};

function say(locale: Locale, { findings, count, summary }: Outcome): Answer {
  const facts = {
    ...{ findingCount: count, findings: findings.map(factOf) },
    ...{
      treeSize: summary?.treeSize ?? null,
      acts: summary?.acts ?? null,
      unknownLines: summary?.unknownLines ?? null,
    },
  };
  const lines = findings.map((finding) => lineOf(locale, finding));
  if (count > 0) return { exit: 1, facts, lines: [...lines, words(locale, 'cli.log.check.bad', { count })] };
  if (summary === undefined) return { exit: 2, facts, lines: [words(locale, 'cli.log.check.no-key')] };
  const { treeSize, acts, unknownLines } = summary;
  if (unknownLines > 0) {
    const said = words(locale, 'cli.log.check.unknown-lines', { count: unknownLines });
    return { exit: 2, facts: { ...facts, problem: 'witness-key-unknown' }, lines: [said] };
  }
  return { exit: 0, facts, lines: [words(locale, 'cli.log.check.good', { treeSize, acts })] };
}

/** Keys of the witnesses that a policy file names; none without a file. */
async function witnessesOf(
  given: Arguments,
  locale: Locale,
): Promise<{ readonly keys: readonly NoteKey[] } | { readonly answer: Answer }> {
  const file = given.option('witness-policy');
  if (file === undefined) return { keys: [] };
  const bytes = await readSmallFile(file, policySizeMax);
  if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
  const policy = parseWitnessPolicy(sha256, Buffer.from(bytes.value).toString('utf8'));
  return policy.ok
    ? { keys: policy.value.witnesses.map(({ key }) => key) }
    : { answer: refused(locale, policy.refusal, 2) };
}

/** `qorgan log check`: 0 where everything fits, 1 where something was found, 2 where nothing could be found out. Writes nothing. */
export const logCheck: Command = {
  shape: { operands: [], options: { ...placeOptions, 'witness-policy': 'optional', replay: 'flag' } },
  run: async (given, around) => {
    const { locale } = around;
    const witnesses = await witnessesOf(given, locale);
    if ('answer' in witnesses) return witnesses.answer;
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const findings: Finding[] = [];
    let count = 0;
    const checked = await checkPlace({
      ...found.place,
      witnesses: witnesses.keys,
      isReplay: given.has('replay'),
      report: (finding) => {
        count += 1;
        if (findings.length < findingsMax) findings.push(finding);
      },
      onProgress: tellProgress(locale, around.nowMs),
    });
    found.place.passphrase?.wipe();
    found.place.logKeyPin?.wipe();
    return checked.ok ? say(locale, { findings, count, summary: checked.value }) : refused(locale, checked.refusal, 2);
  },
};
