import { ok, refuse, type Result } from '../kernel/index.ts';

/** What a policy asks of passwords; № 57 leaves the numbers to the operator. */
export type PasswordRules = {
  /** Characters (code points). */
  readonly lengthMin: number;
  /** Former passwords that may not come back, the present one included. */
  readonly historyMax: number;
  /** Characters that neither common words, runs and repetitions, nor what is known of the person, explain. */
  readonly ownCharactersMin: number;
};

export const passwordRulesDefault: PasswordRules = { lengthMin: 12, historyMax: 8, ownCharactersMin: 6 };

/** Characters (code points): a sentence fits, and judging stays quick. */
export const passwordLengthMax = 128;

export type PasswordRefusal = 'password-too-short' | 'password-too-long' | 'password-common' | 'password-similar';

/** What everybody tries first, and how names are spelled in Latin letters: `locales/passwords`. */
export type PasswordTexts = {
  /** Folded: lower case, letters for the digits that look like them. */
  readonly words: readonly string[];
  /** Rows of keyboards and alphabets, along which fingers run. */
  readonly runs: readonly string[];
  readonly latin: Readonly<Record<string, string>>;
};

/** What a password must not be made of. */
export type PasswordOwner = {
  readonly name: string;
  readonly iin: string;
  /** Digits; absent where none is known. */
  readonly phone?: string;
  /** The password that this one replaces, where it is at hand. */
  readonly previous?: string;
};

const lookalikes: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i', '€': 'e' };
const digitLookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
};

/** Lower case, one form of each character, signs that stand for letters read as those. Positions stay comparable. */
function foldPassword(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase();
  return [...lower].map((sign) => lookalikes[sign] ?? sign).join('');
}

function unDigit(text: string): string {
  return [...text].map((sign) => digitLookalikes[sign] ?? sign).join('');
}

/** A word is explained from three characters on; shorter ones stand in too many good passwords. */
const wordLengthMin = 3;
const digitsLengthMin = 4;

/** Words of a name as written and in Latin letters. */
function wordsOf({ name, iin, phone = '' }: PasswordOwner, { latin }: PasswordTexts): readonly string[] {
  const words = foldPassword(name).split(/[^\p{L}]+/u);
  const spelled = words.map((word) => [...word].map((letter) => latin[letter] ?? letter).join(''));
  const numbers = [iin, phone].flatMap((digits) =>
    Array.from({ length: Math.max(0, digits.length - digitsLengthMin + 1) }, (_, at) =>
      digits.slice(at, at + digitsLengthMin),
    ),
  );
  return [...words, ...spelled, ...numbers].filter((word) => word.length >= wordLengthMin);
}

/** Marks what stands there because of a word; a password of bounded length against a list of bounded length. */
function markWords(text: string, words: readonly string[], marks: boolean[]): void {
  for (const form of new Set([text, unDigit(text)]))
    for (const word of words)
      for (let at = form.indexOf(word); at >= 0; at = form.indexOf(word, at + 1))
        marks.fill(true, at, at + word.length);
}

/** Steps along a row of the keyboard, either way, or in place: `1234`, `4321`, `aaaa`, and a pair that comes again: `abab`. */
function markRuns(text: string, runs: readonly string[], marks: boolean[]): void {
  const rows = runs.flatMap((row) => [row, [...row].toReversed().join('')]);
  const isRun = (part: string): boolean =>
    new Set(part).size === 1 || rows.some((row) => row.includes(part)) || part.slice(0, 2) === part.slice(2);
  for (let at = 0; at + digitsLengthMin <= text.length; at += 1)
    if (isRun(text.slice(at, at + digitsLengthMin))) marks.fill(true, at, at + digitsLengthMin);
  // Years and dates.
  for (const found of text.matchAll(/(?:19|20)\d\d/gu)) marks.fill(true, found.index, found.index + found[0].length);
}

function ownCharacters(text: string, words: readonly string[], runs: readonly string[]): number {
  const marks = Array.from({ length: text.length }, () => false);
  markWords(text, words, marks);
  markRuns(text, runs, marks);
  return new Set(marks.flatMap((isMarked, at) => (isMarked ? [] : [text.charAt(at)]))).size;
}

/** Changes that make one text of another (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let k = 0; k < other.length; k += 1)
      next.push(Math.min((row[k] ?? 0) + (one[i] === other[k] ? 0 : 1), (row[k + 1] ?? 0) + 1, (next[k] ?? 0) + 1));
    row = next;
  }
  return row[other.length] ?? 0;
}

/** As many changes as make a password another one. */
const changesMin = 4;

type Asked = { readonly owner: PasswordOwner; readonly rules: PasswordRules; readonly texts: PasswordTexts };

/** Every rule that a password breaks, the first one first. History is compared by whoever keeps it. */
export function passwordFaults(password: string, { owner, rules, texts }: Asked): readonly PasswordRefusal[] {
  const { length } = Array.from(password);
  // Judging stays quick.
  if (length > passwordLengthMax) return ['password-too-long'];
  const folded = foldPassword(password);
  const isLikeFormer = owner.previous !== undefined && distance(folded, foldPassword(owner.previous)) < changesMin;
  const isTooFew = (words: readonly string[]): boolean =>
    ownCharacters(folded, words, texts.runs) < rules.ownCharactersMin;
  const isCommon = isTooFew(texts.words);
  const faults = new Set<PasswordRefusal>();
  if (length < rules.lengthMin) faults.add('password-too-short');
  if (isLikeFormer) faults.add('password-similar');
  if (isCommon) faults.add('password-common');
  if (!isCommon && isTooFew([...texts.words, ...wordsOf(owner, texts)])) faults.add('password-similar');
  return [...faults];
}

/** Whether a person may choose this password: length, common words, likeness to himself and to the password before. */
export function checkPassword(password: string, asked: Asked): Result<null, PasswordRefusal> {
  const [fault] = passwordFaults(password, asked);
  if (fault === undefined) return ok(null);
  return fault === 'password-too-short' ? refuse(fault, { lengthMin: asked.rules.lengthMin }) : refuse(fault);
}
