import {
  diffRecords,
  fieldsOf,
  type Before,
  type FieldPath,
  type FieldValue,
  type PolicyDocument,
} from '../access/index.ts';
import { spanOf, type Json } from '../kernel/index.ts';
import { momentText, type ShownValues, type ShownWords } from './shown.ts';

type Sides = { readonly before: Before<PolicyDocument>; readonly record: PolicyDocument };

type PolicyTexts = {
  readonly version: string;
  readonly from: string;
  readonly differences: readonly string[];
  readonly values: readonly string[];
};

/** Every value of a document by its path; lists of plain values are one. */
function flatten(value: Json, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const isPlain = items.every((item) => typeof item !== 'object' || item === null);
    if (isPlain) return [[path, `[${items.map(String).join(', ')}]`]];
    return items.flatMap((item, i) => flatten(item, `${path}[${i}]`));
  }
  return Object.entries(value as { readonly [name: string]: Json })
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, member]) => flatten(member, path === '' ? name : `${path}.${name}`));
}

/** As texts of version 1 tell a policy: by the paths of its values. */
function byPaths(before: Json, after: Json): Pick<PolicyTexts, 'differences' | 'values'> {
  const [old, young] = [new Map(flatten(before)), new Map(flatten(after))];
  const paths = [...new Set([...old.keys(), ...young.keys()])];
  return {
    differences: paths
      .filter((path) => old.get(path) !== young.get(path))
      .map((path) => `${path}: ${old.get(path) ?? '—'} → ${young.get(path) ?? '—'}`),
    values: flatten(after).map(([path, text]) => `${path} = ${text}`),
  };
}

/** The name of a field; one that has no words is told by its path, and never left out. */
function nameOf(path: FieldPath, words: ShownWords): string {
  const [section, part, third] = path.map(String);
  const about = (id: string, name: string): string =>
    words(`policy.${id}`)?.replace('{of}', () => name) ?? path.join('.');
  if (section === 'access' && part === 'acts' && third !== undefined)
    return about('act', words(`act.${third}`) ?? third);
  if (section === 'access' && part === 'reads' && third !== undefined)
    return about('read', words(`job.${third}`) ?? third);
  if (section === 'changes' && part !== undefined && (third === 'propose' || third === 'confirm'))
    return about(third, words(`kind.${part}`) ?? part);
  const names = path.filter((one) => typeof one === 'string').join('.');
  const rows = path.filter((one) => typeof one === 'number').map((one) => `№ ${one + 1}`);
  const name = words(`policy.${names}`);
  return name === undefined ? path.join('.') : [name, ...rows].join(', ');
}

const instants: readonly string[] = ['effectiveFromMs', 'graceUntilMs'];
const characters: readonly string[] = ['lengthMin', 'ownCharactersMin'];

function numberText(name: string, value: number, words: ShownWords): string {
  if (instants.includes(name)) return momentText(value);
  if (characters.includes(name)) return `${value} ${words('unit.characters') ?? ''}`;
  if (!name.endsWith('Ms')) return String(value);
  const { unit, value: amount } = spanOf(value);
  return `${amount} ${words(`unit.${unit}`) ?? unit}`;
}

/** Which words a value of a field may have; a value without words is told as it is written. */
function wordsOf(path: FieldPath, name: string, value: string): string {
  const [section, part] = path;
  if (section === 'changes' || (section === 'access' && part === 'acts')) return `job.${value}`;
  if (section === 'access') return `scope.${value}`;
  if (part === 'measures') return `measure.${value}`;
  if (name === 'stepUp') return `act.${value}`;
  if (name === 'methods') return `factor.${value}`;
  return `${name}.${value}`;
}

type Leaf = string | number | boolean | null;

function leafText(path: FieldPath, value: Leaf, words: ShownWords): string {
  const name = String(path.findLast((one) => typeof one === 'string') ?? '');
  if (value === null) return words('none') ?? '';
  if (typeof value === 'number') return numberText(name, value, words);
  const text = String(value);
  return words(wordsOf(path, name, text)) ?? text;
}

const isList = (value: FieldValue): value is readonly Leaf[] => Array.isArray(value);

function valueText(path: FieldPath, value: FieldValue | undefined, words: ShownWords): string {
  if (value === undefined) return words('not-set') ?? '';
  if (typeof value !== 'object' || value === null) return leafText(path, value, words);
  const list = isList(value) ? value : [];
  return list.length === 0 ? (words('none') ?? '') : list.map((one) => leafText(path, one, words)).join(', ');
}

/** By path and not as the document was written: its text does not depend on who wrote it first. */
function inOrder<Of extends { readonly path: FieldPath }>(fields: readonly Of[]): readonly Of[] {
  const key = ({ path }: Of): string => path.join('.');
  return fields.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

function byWords(before: Json, after: Json, words: ShownWords): Pick<PolicyTexts, 'differences' | 'values'> {
  return {
    differences: inOrder(diffRecords(before, after)).map(
      (change) =>
        `${nameOf(change.path, words)}: ${valueText(change.path, change.before, words)} → ${valueText(change.path, change.after, words)}`,
    ),
    values: inOrder(fieldsOf(after)).map(
      ({ path, value }) => `${nameOf(path, words)}: ${valueText(path, value, words)}`,
    ),
  };
}

/** A policy as its signers read it: from version 2 on in words with units, what differs as `name: before → after`, then the whole. */
export function policyTexts(
  { before, record }: Sides,
  { words, version }: { readonly words: ShownWords; readonly version: number },
): PolicyTexts & ShownValues {
  const [old, young] = [before.record as unknown as Json, record as unknown as Json];
  return {
    version: String(record.version),
    from: momentText(record.effectiveFromMs),
    ...(version === 1 ? byPaths(old, young) : byWords(old, young, words)),
  };
}
