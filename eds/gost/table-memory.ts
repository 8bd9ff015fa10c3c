import { tableOf, type Table } from './multiply.ts';
import type { Curve, Point } from './points.ts';

/** A table pays for itself after about ten verifications; keys of single signers rarely see as many, authorities see more. */
const usesBeforeTable = 8;
/** A table of the largest curve takes about 0.4 MB. */
const tablesMax = 32;
/** Making a table of the largest curve holds its thread up for about 10 ms; another bit would double that and save a tenth of a verification. */
const windowBits = 5;

/** Tables of the keys that return, bounded; the one that was not asked for longest is forgotten first. */
export type TableMemory = {
  /** The table of a key at each of its uses, or `undefined` while it is not worth one. */
  readonly userOf: (id: string, curve: Curve, point: Point) => () => Table | undefined;
};

export function createTableMemory(): TableMemory {
  const tables = new Map<string, Table>();
  const keep = (id: string, table: Table): Table => {
    tables.delete(id);
    tables.set(id, table);
    const [oldest] = tables.keys();
    if (tables.size > tablesMax && oldest !== undefined) tables.delete(oldest);
    return table;
  };
  const userOf: TableMemory['userOf'] = (id, curve, point) => {
    let uses = 0;
    return () => {
      const known = tables.get(id);
      if (known !== undefined) return keep(id, known);
      uses += 1;
      if (uses <= usesBeforeTable) return undefined;
      // Counted anew when the table is forgotten: more keys than places must not cost a table each time.
      uses = 0;
      return keep(id, tableOf(curve, point, windowBits));
    };
  };
  return { userOf };
}
