/** Reads members of a parsed JSON value; the first that is not as it should be makes everything wrong, so a parser asks once, at its end. */
export type FieldReader = {
  readonly isRight: () => boolean;
  /** Says that what was read contradicts itself. */
  readonly fail: () => void;
  /** The members of an object that has exactly these. */
  readonly members: <Name extends string>(value: unknown, names: readonly Name[]) => Readonly<Record<Name, unknown>>;
  readonly list: (value: unknown, lengthMax: number) => readonly unknown[];
  readonly text: (value: unknown, pattern: RegExp) => string;
  /** A safe integer from `min` to `max`. */
  readonly integer: (value: unknown, min: number, max: number) => number;
};

export function createFieldReader(): FieldReader {
  let isRight = true;
  const fail = (): void => {
    isRight = false;
  };
  return {
    isRight: () => isRight,
    fail,
    members: <Name extends string>(value: unknown, names: readonly Name[]) => {
      const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
      const found = new Map(given);
      if (found.size !== names.length || !names.every((name) => found.has(name))) fail();
      return Object.fromEntries(names.map((name) => [name, found.get(name)])) as Readonly<Record<Name, unknown>>;
    },
    list: (value, lengthMax) => {
      if (isList(value) && value.length <= lengthMax) return value;
      fail();
      return [];
    },
    text: (value, pattern) => {
      if (typeof value === 'string' && pattern.test(value)) return value;
      fail();
      return '';
    },
    integer: (value, min, max) => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
      fail();
      return min;
    },
  };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
