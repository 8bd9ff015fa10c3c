import { InvariantError, ok, refuse, type Result } from '../kernel/index.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Deeper texts are refused: no act or document of ours nests further than 12; the rest is an attack on the stack. */
export const depthMax = 32;

/** With the `u` flag a surrogate matches only where it stands alone. */
const loneSurrogate = /\p{Surrogate}/u;

function write(value: Json, depth: number): string {
  if (depth > depthMax) throw new InvariantError('canonical: nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new InvariantError('canonical: numbers are safe integers');
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === 'string') {
    if (loneSurrogate.test(value)) throw new InvariantError('canonical: text is well-formed Unicode');
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  const names = Object.keys(value).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const members = names.map((name) => {
    const member = value[name];
    if (member === undefined) throw new InvariantError('canonical: members have values');
    return `${write(name, depth)}:${write(member, depth + 1)}`;
  });
  return `{${members.join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * The canonical text of a value by RFC 8785, with integers only: other numbers, lone surrogates and absent members are
 * bugs of the caller and thrown.
 */
export function canonicalize(value: Json): string {
  return write(value, 0);
}

/** True where brackets outside strings nest no deeper than `depthMax`; runs before `JSON.parse` builds anything. */
function isShallow(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > depthMax) return false;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return true;
}

/**
 * Reads a text that must already be canonical: one value has one text, so duplicate names, spaces, floats and other
 * spellings are refused. `sizeMax` counts UTF-16 units.
 */
export function parseCanonical(
  text: string,
  sizeMax: number,
): Result<Json, 'text-too-large' | 'text-too-deep' | 'text-not-canonical'> {
  if (text.length > sizeMax) return refuse('text-too-large', { sizeMax });
  if (!isShallow(text)) return refuse('text-too-deep', { depthMax });
  try {
    const value = JSON.parse(text) as Json;
    return canonicalize(value) === text ? ok(value) : refuse('text-not-canonical');
  } catch {
    return refuse('text-not-canonical');
  }
}
