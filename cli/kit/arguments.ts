import { ok, refuse, type Result } from '../../core/kernel/index.ts';

/** What a command takes. Names of options have no dashes. */
export type Shape = {
  /** What the free arguments are, as in `FILE`; the last may come several times where `isVariadic`. */
  readonly operands: readonly string[];
  readonly isVariadic?: boolean;
  /** Options with a value (those that must be there, and those that may come several times), and flags, which have none. */
  readonly options: Readonly<Record<string, 'required' | 'optional' | 'repeatable' | 'flag'>>;
};

export type Arguments = {
  readonly operands: readonly string[];
  readonly option: (name: string) => string | undefined;
  /** The value of an option that the shape requires. */
  readonly required: (name: string) => string;
  /** The values of an option that may come several times, in their order. */
  readonly all: (name: string) => readonly string[];
  /** True where a flag was given. */
  readonly has: (name: string) => boolean;
};

type Misuse = 'option-unknown' | 'option-repeated' | 'option-value-missing' | 'argument-missing' | 'argument-extra';

type Split = { readonly operands: string[]; readonly options: Map<string, string[]> };

/** A flag stands for itself; a value given to it is one too many. */
function valueOf(
  need: Shape['options'][string] | undefined,
  joined: readonly string[],
  rest: string[],
): string | undefined {
  if (need === 'flag') return joined.length > 0 ? undefined : 'given';
  const value = joined.length > 0 ? joined.join('=') : rest.shift();
  return value === '' ? undefined : value;
}

function split(given: readonly string[], shape: Shape): Result<Split, Misuse> {
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  const rest = [...given];
  for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
    if (!item.startsWith('--')) {
      operands.push(item);
      continue;
    }
    const [flag = '', ...joined] = item.split('=');
    const name = flag.slice(2);
    if (!Object.hasOwn(shape.options, name)) return refuse('option-unknown', { option: flag });
    const value = valueOf(shape.options[name], joined, rest);
    if (value === undefined) return refuse('option-value-missing', { option: flag });
    const values = options.get(name) ?? [];
    if (values.length > 0 && shape.options[name] !== 'repeatable') return refuse('option-repeated', { option: flag });
    options.set(name, [...values, value]);
  }
  return ok({ operands, options });
}

/** Reads the arguments of one command; nothing unknown is ignored. */
export function readArguments(given: readonly string[], shape: Shape): Result<Arguments, Misuse> {
  const parts = split(given, shape);
  if (!parts.ok) return parts;
  const { operands, options } = parts.value;
  const missing = shape.operands[operands.length];
  if (missing !== undefined) return refuse('argument-missing', { what: missing });
  const extra = shape.isVariadic === true ? undefined : operands[shape.operands.length];
  if (extra !== undefined) return refuse('argument-extra', { what: extra });
  for (const [name, need] of Object.entries(shape.options)) {
    if (need === 'required' && !options.has(name)) return refuse('argument-missing', { what: `--${name}` });
  }
  const required = (name: string): string => {
    const [value] = options.get(name) ?? [];
    if (value === undefined) throw new Error(`cli: the shape requires --${name}`);
    return value;
  };
  return ok({
    operands,
    option: (name) => options.get(name)?.[0],
    required,
    all: (name) => options.get(name) ?? [],
    has: (name) => options.has(name),
  });
}
