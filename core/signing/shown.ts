import { refuse, ok, type Result } from '../kernel/index.ts';

/** Lines of a signing template: plain words with `{name}` places, one list of lines a locale. Data of `locales/signing`. */
export type ShownTemplate = { readonly version: number; readonly lines: readonly string[] };

/** Values for the places of a template; a missing or empty optional value drops its line, a list repeats it for each of its values. */
export type ShownValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * What a value cannot bring into a signed text: controls, line ends, directions, and characters that nobody sees. Listed by
 * number and not by Unicode property, so that another Unicode version renders the same bytes.
 */
const unseen =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]+/gu;

/** A text of the catalogue in the language and version of the act. */
export type ShownWords = (id: string) => string | undefined;

/** `2026-11-26 05:58 UTC`: no time zone of a reader, so that the server renders the same text. */
export function momentText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const place = /\{([a-z][a-zA-Z0-9]*)\}/gu;

/** The line with its places filled; `undefined` where one of them has no value. */
function fill(line: string, valueOf: (name: string) => string | undefined): string | undefined {
  let isComplete = true;
  const text = line.replace(place, (_whole, name: string) => {
    const value = valueOf(name);
    if (value === undefined || value === '') isComplete = false;
    return (value ?? '').replace(unseen, ' ');
  });
  return isComplete ? text : undefined;
}

/** A line as often as the longest list among its places has values; a plain value is a list of one. */
function repeat(line: string, values: ShownValues): readonly string[] {
  const named = [...line.matchAll(place)].map(([, name = '']) => name);
  const lists = new Map(named.map((name) => [name, [values[name] ?? ''].flat()]));
  const count = Math.max(1, ...[...lists.values()].map(({ length }) => length));
  return Array.from({ length: count }, (_, i) =>
    fill(line, (name) => {
      const list = lists.get(name) ?? [];
      return list.length > 1 ? list[i] : list[0];
    }),
  ).filter((text) => text !== undefined);
}

/**
 * Renders the text that a signer reads and whose hash he signs: substitution only, no ICU, no locale data, so that the
 * server renders the same bytes years later. A line with a place that has no value is left out; line breaks and control
 * characters inside values become spaces, so that a value cannot forge a line.
 */
export function renderShown(template: ShownTemplate, values: ShownValues): Result<string, 'shown-text-empty'> {
  const lines = template.lines.flatMap((line) => repeat(line, values));
  return lines.length === 0 ? refuse('shown-text-empty') : ok(`${lines.join('\n')}\n`);
}
