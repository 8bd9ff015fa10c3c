import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Tokens = Readonly<Record<string, string>>;

function tokensOf(selector: string): Tokens {
  const block = css.split(`${selector} {`)[1]?.split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/gu)].map(([, name, value]) => [name, value]),
  );
}

const looks = { light: tokensOf(':root'), dark: tokensOf(":root[data-mantine-color-scheme='dark']") };

/** Relative luminance of WCAG 2.2, of a colour such as `#0e5a6b`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, one: string, other: string): number {
  const [first, second] = [tokens[one], tokens[other]];
  if (first === undefined || second === undefined) throw new Error(`no token ${one} or ${other}`);
  const [dark = 0, light = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['bg', 'bg-sunken', 'bg-hover', 'brand-soft'];
const words: readonly (readonly [string, readonly string[]])[] = [
  ...(['text', 'text-2', 'text-3', 'brand'] as const).map((name) => [name, grounds] as const),
  ...(['green', 'amber', 'red', 'violet'] as const).map(
    (name) => [name, ['bg', 'bg-sunken', 'bg-hover', 'brand-soft', `${name}-soft`]] as const,
  ),
  ['text', ['amber-soft', 'red-soft']],
  ['on-brand', ['brand']],
  ['bg', ['red', 'text']],
];

describe('the colours of both looks, computed by WCAG 2.2', () => {
  it.each(Object.entries(looks))('have 4.5 to 1 for words on whatever they stand, in %s', (_, tokens) => {
    for (const [name, under] of words)
      for (const ground of under)
        expect(contrast(tokens, name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(looks))(
    'have 3 to 1 for the edges of fields and the ring of the focus, in %s',
    (_, tokens) => {
      for (const ground of ['bg', 'bg-sunken'])
        for (const name of ['line-strong', 'brand'])
          expect(contrast(tokens, name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
    },
  );

  it('are told apart from colours that nobody can read', () => {
    expect(contrast({ one: '#858f99', other: '#ffffff' }, 'one', 'other')).toBeLessThan(4.5);
    expect(contrast({ one: '#000000', other: '#ffffff' }, 'one', 'other')).toBeCloseTo(21);
  });
});
