import type { FieldChange, FieldPath, FieldValue } from '../../../core/access/index.ts';
import { spanOf } from '../../../core/kernel/index.ts';
import { formatIdentityNumber, formatTime, shortHash } from '../../kit/index.ts';
import type { Words } from '../../words/index.ts';

/** Whose record a field belongs to: each has its own words. */
export type RecordKind = 'staff' | 'device' | 'policy';

/** Fields that hold a moment; every other `…Ms` is a span of time. */
const instants = new Set(['effectiveFromMs', 'validFromMs', 'validUntilMs', 'enrolledAtMs', 'graceUntilMs']);
const characters = new Set(['lengthMin', 'ownCharactersMin']);
const ofRoles = new Set(['roles', 'propose', 'confirm']);

/** Fields whose name says what they are about: the act, the role, the kind of change. */
function dynamicName(words: Words, path: FieldPath): string | null {
  const [first, second, third] = path.map(String);
  if (first === 'access' && second === 'acts' && third !== undefined)
    return words('field.policy.act', { act: words.act(third) });
  if (first === 'access' && second === 'reads' && third !== undefined)
    return words('field.policy.read', { role: words.role(third) });
  if (first !== 'changes' || second === undefined || (third !== 'propose' && third !== 'confirm')) return null;
  return words(`field.policy.${third}`, { kind: words.known(`change.kind.${second}`) ?? second });
}

/** The name of a field in words; one that only a newer server knows is told by its technical name. */
export function fieldName(
  words: Words,
  kind: RecordKind,
  path: FieldPath,
): { readonly text: string; readonly isKnown: boolean } {
  const names = path.filter((part) => typeof part === 'string');
  const places = path.filter((part) => typeof part === 'number').map((part) => part + 1);
  const found =
    (kind === 'policy' ? dynamicName(words, path) : null) ?? words.known(`field.${kind}.${names.join('.')}`);
  const text = found ?? names.join(' › ');
  const row = places.length === 0 ? text : words('field.row', { field: text, row: places.join('.') });
  return { text: row, isKnown: found !== null };
}

function scalarWords(words: Words, path: FieldPath, value: string | number | boolean | null): string {
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  if (value === null) return words(path.at(-1) === 'validUntilMs' ? 'value.noEnd' : 'value.none');
  if (typeof value === 'boolean') return words(value ? 'value.yes' : 'value.no');
  if (typeof value === 'number') {
    if (characters.has(name)) return words('span.characters', { value });
    if (!name.endsWith('Ms')) return String(value);
    if (instants.has(name)) return formatTime(value);
    const { unit, value: amount } = spanOf(value);
    return words(`span.${unit}`, { value: amount });
  }
  if (value === '') return words('value.empty');
  if (ofRoles.has(name) || (path[0] === 'access' && path[1] === 'acts')) return words.role(value);
  if (path[0] === 'access' && path[1] === 'reads') return words.known(`scope.${value}`) ?? value;
  if (name === 'stepUp') return words.act(value);
  if (path[0] === 'posture' && path[1] === 'measures') return words.known(`value.measure.${value}`) ?? value;
  if (name === 'methods') return words.known(`factor.${value}`) ?? value;
  if (/^\d{12}$/u.test(value)) return formatIdentityNumber(value);
  if (/^[0-9a-f]{64}$/u.test(value)) return shortHash(value);
  return words.known(`value.${name}.${value}`) ?? value;
}

/** One line of a value, and whether it stands on this side of the change only. */
export type ValueLine = { readonly text: string; readonly isOnlyHere: boolean };

const isList = (value: FieldValue | undefined): value is readonly (string | number | boolean | null)[] =>
  Array.isArray(value);

/** A value in lines; `other` is the other side, so that what came or went in a list is marked. */
export function valueLines(
  words: Words,
  path: FieldPath,
  [value, other]: readonly [FieldValue | undefined, FieldValue | undefined],
): readonly ValueLine[] {
  if (value === undefined) return [];
  if (isList(value)) {
    if (value.length === 0) return [{ text: words('value.empty'), isOnlyHere: false }];
    const there = isList(other) ? other : [];
    return value.map((one) => ({ text: scalarWords(words, path, one), isOnlyHere: !there.includes(one) }));
  }
  if (typeof value === 'object' && value !== null) return [{ text: words('value.empty'), isOnlyHere: false }];
  return [{ text: scalarWords(words, path, value), isOnlyHere: false }];
}

/** Both sides of one change. */
export function changeLines(words: Words, { path, before, after }: FieldChange) {
  return {
    before: valueLines(words, path, [before, after]),
    after: valueLines(words, path, [after, before]),
  };
}
