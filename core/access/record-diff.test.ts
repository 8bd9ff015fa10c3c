import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../kernel/index.ts';
import { diffRecords, fieldsOf, type FieldChange } from './record-diff.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const record = fc.dictionary(fc.string(), json) as fc.Arbitrary<Json>;
/** Two records that have something in common, as a change of one has. */
const pair = fc.tuple(record, record, record).map(([common, a, b]) => {
  const merge = (other: Json): Json => ({ ...(common as object), ...(other as object) }) as Json;
  return [merge(a), merge(b)] as const;
});

const key = (value: unknown): string => JSON.stringify(value);
const mapOf = (value: Json): Map<string, string> =>
  new Map(fieldsOf(value).map(({ path, value: held }) => [key(path), key(held)]));

function applied(before: Json, changes: readonly FieldChange[]): Map<string, string> {
  const fields = mapOf(before);
  for (const { path, after } of changes) {
    if (after === undefined) fields.delete(key(path));
    else fields.set(key(path), key(after));
  }
  return fields;
}

const sorted = (fields: Map<string, string>) => [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('the difference of two records', () => {
  it('is nothing where nothing is changed, in whatever order the fields stand', () => {
    fc.assert(
      fc.property(record, (one) => {
        const turned = Object.fromEntries(Object.entries(one as object).toReversed()) as Json;
        expect(diffRecords(one, one)).toEqual([]);
        expect(diffRecords(one, turned)).toEqual([]);
      }),
    );
  });

  it('shows every field that is changed and no other: applied to the old record it gives the new one', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const changes = diffRecords(before, after);
        const isRoot = (path: FieldChange['path']): boolean => path.length === 0;
        expect(sorted(applied(before, changes))).toEqual(sorted(mapOf(after)));
        for (const { before: old, after: fresh, path } of changes) {
          expect(key(old)).not.toBe(key(fresh));
          expect(isRoot(path) || key(mapOf(before).get(key(path))) !== key(mapOf(after).get(key(path)))).toBe(true);
        }
      }),
    );
  });

  it('of a new record is the whole record', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(diffRecords(null, one).map(({ path, after }) => ({ path, value: after }))).toEqual(fieldsOf(one));
      }),
    );
  });

  it('keeps lists of values in one field and goes into lists of records', () => {
    const before = { roles: ['reviewer'], rows: [{ a: 1 }], contract: null };
    const after = { roles: ['reviewer', 'registrar'], rows: [{ a: 2 }], contract: { number: '7' } };
    expect(diffRecords(before, after)).toEqual([
      { path: ['roles'], before: ['reviewer'], after: ['reviewer', 'registrar'] },
      { path: ['rows', 0, 'a'], before: 1, after: 2 },
      { path: ['contract', 'number'], before: undefined, after: '7' },
      { path: ['contract'], before: null, after: undefined },
    ]);
  });
});
