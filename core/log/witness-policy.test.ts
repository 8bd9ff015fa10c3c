import { describe, expect, it } from 'vitest';
import { sha256, testKey, testMlDsa44Key } from '../../tests/support/index.ts';
import {
  formatNoteKey,
  meetsPolicy,
  noteKey,
  noteKeyTypes,
  parseWitnessPolicy,
  policySizeMax,
  type NoteKey,
} from './index.ts';

const names = ['x1', 'x2', 'x3', 'y1', 'y2'] as const;
const keys = new Map<string, NoteKey>(
  names.map((name) => {
    const isMlDsa = name === 'y2';
    const { publicKey } = isMlDsa ? testMlDsa44Key(name) : testKey(name);
    const type = isMlDsa ? noteKeyTypes.subtree : noteKeyTypes.cosignature;
    return [name, noteKey(sha256, { name: `${name}.example`, publicKey, type })];
  }),
);
const keyOf = (name: string): NoteKey => {
  const key = keys.get(name);
  if (key === undefined) throw new Error('the key was made');
  return key;
};
const vkey = (name: string): string => formatNoteKey(keyOf(name));
const logKey = formatNoteKey(noteKey(sha256, { name: 'qorgan.example', publicKey: testKey('log').publicKey }));
const witnesses = names.map((name) => `witness ${name} ${vkey(name)}`);

/** The example of the specification, with comments, tabs and an address. */
const example = [
  '# who vouches',
  `log ${logKey} https://log.example/`,
  '',
  ...witnesses.slice(0, 3),
  ' group x 2  x1 x2\tx3 ',
  ...witnesses.slice(3).map((line) => `${line} https://y.example/add`),
  'group y any y1 y2',
  'group x-and-y all x y',
  'quorum x-and-y',
];
const read = (lines: readonly string[]) => parseWitnessPolicy(sha256, `${lines.join('\n')}\n`);

describe('a witness policy', () => {
  const parsed = read(example);

  it('is met by each set of cosigners that the groups want, and by no other', () => {
    if (!parsed.ok) throw new Error('the example is well-formed');
    for (let set = 0; set < 2 ** names.length; set += 1) {
      const chosen = names.filter((_name, at) => (set >> at) % 2 === 1);
      const isWanted =
        chosen.filter((name) => name.startsWith('x')).length >= 2 && chosen.some((name) => name.startsWith('y'));
      expect(meetsPolicy(parsed.value, chosen.map(keyOf)), chosen.join(' ')).toBe(isWanted);
    }
  });

  it('keeps the addresses', () => {
    expect(parsed.ok && parsed.value.logs[0]?.url).toBe('https://log.example/');
    expect(parsed.ok && parsed.value.witnesses.map(({ url }) => url)).toEqual([
      ...[undefined, undefined, undefined],
      ...['https://y.example/add', 'https://y.example/add'],
    ]);
  });

  it('that wants nobody is met by nobody', () => {
    const none = read([...witnesses, 'quorum none']);
    expect(none.ok && meetsPolicy(none.value, names.map(keyOf))).toBe(false);
  });

  it.each([
    ['without a quorum', [witnesses[0]], 0],
    ['with two quorums', [witnesses[0], 'quorum x1', 'quorum none'], 3],
    ['with an unknown quorum', ['quorum x1'], 1],
    ['with an unknown word', ['witnesses', 'quorum none'], 1],
    ['with a witness by a log key', [`witness a ${logKey}`, 'quorum none'], 1],
    ['with a log by a witness key', [`log ${vkey('x1')}`, 'quorum none'], 1],
    ['with one key under two names', [witnesses[0], `witness other ${vkey('x1')}`, 'quorum x1'], 2],
    ['with one log twice', [`log ${logKey}`, `log ${logKey}`, 'quorum none'], 2],
    ['with one name for two keys', [witnesses[0], `witness x1 ${vkey('x2')}`, 'quorum x1'], 2],
    ['with a witness called none', [`witness none ${vkey('x1')}`, 'quorum none'], 1],
    ['with a threshold of 0', [witnesses[0], 'group g 0 x1', 'quorum g'], 2],
    ['with a threshold above its members', [witnesses[0], 'group g 2 x1', 'quorum g'], 2],
    ['with a member twice', [witnesses[0], 'group g 2 x1 x1', 'quorum g'], 2],
    ['with a member of two groups', [...witnesses.slice(0, 2), 'group g any x1', 'group h any x1 x2', 'quorum h'], 4],
    ['with a group of itself', [witnesses[0], 'group g any g', 'quorum g'], 2],
    ['with a member none', [witnesses[0], 'group g any none x1', 'quorum g'], 2],
    ['with a carriage return', [`${witnesses[0] ?? ''}\r`, 'quorum x1'], 0],
    ['with a word after the quorum', [witnesses[0], 'quorum x1 x1'], 2],
  ])('%s is malformed, and the line is named', (_what, lines, line) => {
    const result = read(lines.map((text) => text ?? ''));
    expect(!result.ok && result.refusal).toEqual({ code: 'witness-policy-malformed', details: { line } });
  });

  it('without its last line feed or above its size is malformed', () => {
    expect(parseWitnessPolicy(sha256, 'quorum none').ok).toBe(false);
    expect(parseWitnessPolicy(sha256, `${'#'.repeat(policySizeMax)}\nquorum none\n`).ok).toBe(false);
  });
});
