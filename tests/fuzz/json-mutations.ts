import type { Json } from '../../core/kernel/index.ts';
import { mutateBytes } from './byte-mutations.ts';
import type { Chance } from './chance.ts';

const odd: readonly [Json, ...Json[]] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\u202e\u0000',
  'A'.repeat(4000),
  [],
  {},
  ['x'],
  { __proto__: 1, x: [] },
];

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mutateText(text: string, chance: Chance): string {
  return new TextDecoder().decode(
    mutateBytes(new TextEncoder().encode(text), chance, [new TextEncoder().encode(text)]),
  );
}

function mutateMembers(
  members: readonly (readonly [string, Json])[],
  chance: Chance,
): readonly (readonly [string, Json])[] {
  const at = chance.below(Math.max(1, members.length));
  const [name, value] = members[at] ?? ['x', null];
  const changed: (readonly [string, Json])[] = [...members];
  const kinds: readonly [() => void, ...(() => void)[]] = [
    () => void changed.splice(at, 1),
    () => void changed.splice(at, 1, [mutateText(name, chance), value]),
    () => void changed.push([`${name}x`, value]),
    () => void changed.splice(at, 1, [name, mutateJson(value, chance)]),
    () => void changed.splice(at, 1, [name, mutateJson(value, chance)]),
    () => void changed.splice(at, 1, [name, mutateJson(value, chance)]),
  ];
  chance.pick(kinds)();
  return changed;
}

/** A value with something in it changed, left out, repeated or put in the place of something else. */
export function mutateJson(value: Json, chance: Chance): Json {
  if (chance.below(8) === 0) return chance.pick(odd);
  if (typeof value === 'string') return mutateText(value, chance);
  if (typeof value === 'number') return chance.pick([value + 1, -value, value / 2, value * 1e9, Math.floor(value / 2)]);
  if (isObject(value)) return Object.fromEntries(mutateMembers(Object.entries(value), chance));
  if (!Array.isArray(value)) return chance.pick(odd);
  const items = value as readonly Json[];
  if (chance.below(6) === 0) return [...items, ...items];
  const members = mutateMembers(
    items.map((item, at) => [String(at), item]),
    chance,
  );
  return members.map(([, item]) => item);
}
