import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import { renderShown, type ShownTemplate } from './index.ts';

const template: ShownTemplate = {
  version: 1,
  lines: ['Act: approve', 'Case: {number}', 'Person: {name} {iin}', 'Note: {note}', 'End'],
};
const values = { number: '2026-00418', name: 'Нұрғалиева Айгерім', iin: '900307450980', note: 'ok' };

function linesOf(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const text = renderShown(template, given);
  return text.ok ? text.value.split('\n') : [];
}

describe('the text that a signer reads', () => {
  it('is the template with its places filled, one line feed after each line', () => {
    const text = renderShown(template, values);
    expect(text.ok && text.value).toBe(
      'Act: approve\nCase: 2026-00418\nPerson: Нұрғалиева Айгерім 900307450980\nNote: ok\nEnd\n',
    );
  });

  it('leaves out a line whose value is absent or empty', () => {
    expect(linesOf({ ...values, note: '' })).not.toContain('Note: ');
    expect(linesOf({ ...values, note: undefined })).toHaveLength(5);
  });

  it('is refused when nothing is left to read', () => {
    const empty = renderShown({ version: 1, lines: ['{a}'] }, {});
    expect(!empty.ok && empty.refusal.code).toBe('shown-text-empty');
  });

  it('does not fill a place inside a value', () => {
    expect(linesOf({ ...values, note: '{iin} {number}' })).toContain('Note: {iin} {number}');
  });

  it('gives no value a line, a direction or an invisible end of its own', () => {
    const forbidden =
      /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u; // eslint-disable-line no-control-regex -- what must not be there
    const nasty = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            '\n',
            '\r\n',
            '\u2028',
            '\u202E',
            '\u0085',
            '\u200B',
            '\u2060',
            '\uFEFF',
            '\u061C',
            'End',
            'Act: refuse',
            '{name}',
            '$&',
            "$'",
          ),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(nasty, nasty, (name, note) => {
        const lines = linesOf({ ...values, name: `x${name}`, note: `x${note}` });
        expect(lines).toHaveLength(template.lines.length + 1);
        expect(lines[0]).toBe('Act: approve');
        expect(lines[2]?.startsWith('Person: x') && lines[2].endsWith(' 900307450980')).toBe(true);
        expect(lines[3]?.startsWith('Note: x')).toBe(true);
        expect(lines[4]).toBe('End');
        expect(lines.join('\n')).not.toMatch(forbidden);
      }),
      seeded('forged lines', 1_000),
    );
  });

  it('is the same text for the same values, and another for another note', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
        (a, b) => {
          fc.pre(a !== b);
          expect(renderShown(template, { ...values, note: a })).not.toEqual(
            renderShown(template, { ...values, note: b }),
          );
        },
      ),
      seeded('different notes', 300),
    );
  });
});
