import { describe, expect, it } from 'vitest';
import { toHex } from '../../../core/kernel/index.ts';
import { leafHash, leafText, type Leaf } from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { indexOfQuery, matches, readEntry } from './search.ts';

const leaf = {
  v: 1,
  platform: 'qazaq-alany',
  kind: 'act',
  actionId: '019a20c4-b400-7000-8000-000000000006',
  device: '6f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5',
  epoch: '1a2b3c4d-5e6f-4a1b-9c2d-3e4f5a6b7c8d',
  sequence: 7,
  commitment: 'ab'.repeat(32),
  validation: null,
  outcome: 'refused:case-changed',
  receivedAtMs: 1_000_000,
} as unknown as Leaf;
const entry = readEntry(9, leafText(leaf));
const any = { query: '', kinds: [], outcomes: [], fromMs: null, toMs: null } as const;
const finds = (filter: object): boolean => {
  if (entry === undefined) throw new Error('the leaf is read');
  return matches(entry, { ...any, ...filter } as never);
};

describe('a search in the central log', () => {
  it.each([
    ['48211', 48_210],
    ['№ 48 211', 48_210],
    ['№ 48\u202F211', 48_210],
    ['1', 0],
    ['0', undefined],
    ['4b5a', undefined],
    ['22.11.2026', undefined],
    ['99999999999999999999', undefined],
  ])('takes %s for a number where it is one', (query, index) => {
    expect(indexOfQuery(query)).toBe(index);
  });

  it('finds an entry by action, device, commitment and the beginning of its hash, in any case of letters', () => {
    const hash = toHex(leafHash(sha256, leafText(leaf)));
    for (const query of ['019A20C4', '000000000006', '4b5a-4c6d', 'abababab', hash, hash.slice(0, 9)])
      expect([query, finds({ query })]).toEqual([query, true]);
    for (const query of ['019a20c5', `${hash}0`, hash.slice(1, 20), 'case-changed'])
      expect([query, finds({ query })]).toEqual([query, false]);
  });

  it('keeps to kinds, outcomes and times', () => {
    expect(finds({ kinds: ['act', 'staff'] })).toBe(true);
    expect(finds({ kinds: ['staff'] })).toBe(false);
    expect(finds({ outcomes: ['refused'] })).toBe(true);
    expect(finds({ outcomes: ['accepted', 'superseded'] })).toBe(false);
    expect(finds({ fromMs: 1_000_000, toMs: 1_000_001 })).toBe(true);
    expect(finds({ fromMs: 1_000_001 })).toBe(false);
    expect(finds({ toMs: 1_000_000 })).toBe(false);
  });
});
