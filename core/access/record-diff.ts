import type { Json } from '../kernel/index.ts';

type Leaf = string | number | boolean | null;

/** What stands in one field: a value, a list of values, or an empty part. */
export type FieldValue = Leaf | readonly Leaf[] | Readonly<Record<string, never>>;

/** Names from the outside in; a number is a place in a list of records. */
export type FieldPath = readonly (string | number)[];

export type Field = { readonly path: FieldPath; readonly value: FieldValue };

/** `undefined` where the record has no such field. */
export type FieldChange = {
  readonly path: FieldPath;
  readonly before: FieldValue | undefined;
  readonly after: FieldValue | undefined;
};

const isLeaf = (value: Json): value is Leaf => typeof value !== 'object' || value === null;

function childrenOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (isLeaf(value)) return [];
  if (Array.isArray(value)) return value.every(isLeaf) ? [] : [...value.entries()];
  return Object.entries(value);
}

/** Every field of a record that holds a value, in the order of the record. Lists of values are one field, lists of records are not. */
export function fieldsOf(record: Json, path: FieldPath = []): readonly Field[] {
  const children = childrenOf(record);
  if (children.length === 0) return [{ path, value: record as FieldValue }];
  return children.flatMap(([name, child]) => fieldsOf(child, [...path, name]));
}

const keyOf = (value: unknown): string => JSON.stringify(value);

/**
 * What a change does, field by field: every field whose value differs, that comes or that goes, and no other. The order is that of the new
 * record, with what goes at the end. `null` for a record that is not there yet.
 */
export function diffRecords(before: Json | null, after: Json | null): readonly FieldChange[] {
  const old = before === null ? [] : fieldsOf(before);
  const fresh = after === null ? [] : fieldsOf(after);
  const oldByPath = new Map(old.map((field) => [keyOf(field.path), field]));
  const freshPaths = new Set(fresh.map((field) => keyOf(field.path)));
  const changed = fresh.flatMap(({ path, value }): FieldChange[] => {
    const known = oldByPath.get(keyOf(path));
    const isSame = known !== undefined && keyOf(known.value) === keyOf(value);
    return isSame ? [] : [{ path, before: known?.value, after: value }];
  });
  const gone = old.flatMap(({ path, value }): FieldChange[] =>
    freshPaths.has(keyOf(path)) ? [] : [{ path, before: value, after: undefined }],
  );
  return [...changed, ...gone];
}
