import { InvariantError } from './assert.ts';
import { ok, refuse, type Result } from './result.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Deeper texts are refused: no act or document of ours nests further than 12; the rest is an attack on the stack. */
export const depthMax = 32;

/** With the `u` flag a surrogate matches only where it stands alone; the search without it is the quicker one and mostly enough. */
const anySurrogate = /[\ud800-\udfff]/;
const loneSurrogate = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !anySurrogate.test(text) || !loneSurrogate.test(text);
}

/**
 * True for a value that `JSON.stringify` writes canonically: every text well formed, every number a safe integer, and the
 * members of every object in order. False may also mean a value that has to be sorted or refused.
 */
function isOrdered(value: Json | undefined, depth: number): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object') return typeof value === 'boolean';
  if (value === null) return true;
  if (depth >= depthMax) return false;
  if (isList(value)) {
    for (const item of value) if (!isOrdered(item, depth + 1)) return false;
    return true;
  }
  let before = '';
  for (const name of Object.keys(value)) {
    if (name < before || !isWellFormed(name) || !isOrdered(value[name], depth + 1)) return false;
    before = name;
  }
  return true;
}

function write(value: Json, depth: number): string {
  if (depth > depthMax) throw new InvariantError('canonical: nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new InvariantError('canonical: numbers are safe integers');
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === 'string') {
    if (!isWellFormed(value)) throw new InvariantError('canonical: text is well-formed Unicode');
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) throw new InvariantError('canonical: members have values');
    text += `${text === '' ? '' : ','}${write(name, depth)}:${write(member, depth + 1)}`;
  }
  return `{${text}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * The canonical text of a value by RFC 8785, with integers only: other numbers, lone surrogates and absent members are
 * bugs of the caller and thrown.
 */
export function canonicalize(value: Json): string {
  return isOrdered(value, 0) ? JSON.stringify(value) : write(value, 0);
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
