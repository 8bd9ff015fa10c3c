import { refusalWords, words, type Locale, type MessageId, type MessageValues } from '../../locales/index.ts';

/** How a command ends: 0 good or done, 1 bad or refused, 2 cannot tell: nothing was found out. */
export type Exit = 0 | 1 | 2;

export type Fact = null | boolean | number | string | readonly Fact[] | { readonly [name: string]: Fact };

/** What a command says: facts for programs, lines for people; both say the same. */
export type Answer = {
  readonly exit: Exit;
  readonly facts: { readonly [name: string]: Fact };
  readonly lines: readonly string[];
};

const verdicts = ['good', 'bad', 'cannot-tell'] as const;

/** The word of an exit status, as `--json` says it. */
export function verdictOf(exit: Exit): (typeof verdicts)[Exit] {
  return verdicts[exit];
}

/** An answer about the call itself: a wrong option, a file that is not there. */
export function misuse(locale: Locale, id: MessageId, values: MessageValues = {}): Answer {
  const problem = id.slice(id.lastIndexOf('.') + 1);
  return { exit: 2, facts: { problem, ...values }, lines: [words(locale, id, shownValues(values))] };
}

/** Values with nothing in them that a terminal would obey: a file name may have been chosen by a stranger. */
function shownValues(values: MessageValues): MessageValues {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? escaped(value, (unit) => `\\u{${unit}}`) : value,
  ]);
  return Object.fromEntries(shown) as MessageValues;
}

/** JSON in one line without controls, direction overrides and other characters that are not seen; whoever parses it gets them back. */
export function jsonLine(value: Fact): string {
  return escaped(JSON.stringify(value), (unit) => `\\u${unit.padStart(4, '0')}`);
}

function escaped(text: string, escape: (unit: string) => string): string {
  const units = (one: string): string =>
    Array.from({ length: one.length }, (_, at) => escape(one.charCodeAt(at).toString(16))).join('');
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, units);
}

/** An answer that a refusal explains: what is the matter, why, what to do now. */
export function refused(
  locale: Locale,
  refusal: { readonly code: string; readonly details?: MessageValues; readonly incidentId?: string },
  exit: Exit = 1,
): Answer {
  const { code, details = {} } = refusal;
  const { what, why, next } = refusalWords(locale, { code, details: shownValues(details) });
  const incident =
    refusal.incidentId === undefined ? [] : [words(locale, 'cli.error.incident', { incident: refusal.incidentId })];
  return {
    exit,
    facts: { reason: refusal.code, ...(refusal.incidentId === undefined ? {} : { incidentId: refusal.incidentId }) },
    lines: [what, why, words(locale, 'cli.next', { next }), ...incident],
  };
}
