import {
  changeKinds,
  factorMatrix,
  factorPurposes,
  fieldsOf,
  postureFindings,
  roles,
  type FactorSwitch,
  type FieldPath,
  type FieldValue,
} from '../../../../core/access/index.ts';
import { actTypes } from '../../../../core/actions/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';

type ListKind = 'roles' | 'scopes' | 'acts' | 'switches';

type Of<Kind extends string, Value> = { readonly kind: Kind; readonly path: FieldPath; readonly value: Value };

export type ListControl = Of<ListKind, readonly string[]>;
export type SingleControl =
  | Of<'span' | 'number' | 'moment', number>
  | Of<'text' | 'measure', string>
  | Of<'lines', readonly string[]>;

/** How a field of a policy is set. */
export type Control = ListControl | SingleControl;

export const isListControl = (control: Control): control is ListControl =>
  ['roles', 'scopes', 'acts', 'switches'].includes(control.kind);

function at(record: Json, path: FieldPath): Json | undefined {
  return path.reduce<Json | undefined>(
    (part, name) =>
      typeof part === 'object' && part !== null ? (part as Readonly<Record<string | number, Json>>)[name] : undefined,
    record,
  );
}

function list(base: Json, kind: ListKind, path: FieldPath): ListControl {
  const value = at(base, path);
  return { kind, path, value: Array.isArray(value) ? (value as readonly string[]) : [] };
}

/** A combination of factors as one word. */
export const switchKey = ({ realm, purpose, methods }: FactorSwitch): string =>
  [realm, purpose, ...methods.toSorted()].join(' ');

/** Everything that the matrix leaves to a policy. */
export const switches: readonly FactorSwitch[] = factorPurposes.flatMap((purpose) =>
  factorMatrix[purpose].flatMap(({ methods, ...standings }) =>
    (['staff', 'participant'] as const)
      .filter((realm) => standings[realm] === 'switch')
      .map((realm) => ({ realm, purpose, methods })),
  ),
);

function factorControl(base: Json): readonly Control[] {
  const path = ['factors', 'switchedOn'];
  const on = at(base, path);
  if (!Array.isArray(on)) return [];
  return [{ kind: 'switches', path, value: (on as unknown as readonly FactorSwitch[]).map(switchKey) }];
}

function measureControls(base: Json): readonly Control[] {
  if (at(base, ['posture']) === undefined) return [];
  return postureFindings.map((finding) => {
    const path = ['posture', 'measures', finding];
    const value = at(base, path);
    return { kind: 'measure', path, value: typeof value === 'string' ? value : '' };
  });
}

/** What main writes itself, or what names whose policy it is; and what has a control of another make. */
const apart = new Set(['form', 'platform', 'profile', 'version', 'effectiveFromMs', 'access', 'changes']);

function ofField(path: FieldPath, value: FieldValue): Control | undefined {
  const [section, part] = path;
  const name = String(path.at(-1));
  if (apart.has(String(section)) || part === 'switchedOn' || part === 'measures') return undefined;
  if (name === 'stepUp') return { kind: 'acts', path, value: value as readonly string[] };
  if (Array.isArray(value)) return { kind: 'lines', path, value: value as readonly string[] };
  if (typeof value === 'string') return { kind: 'text', path, value };
  if (typeof value !== 'number') return undefined;
  if (name === 'graceUntilMs') return { kind: 'moment', path, value };
  return { kind: name.endsWith('Ms') ? 'span' : 'number', path, value };
}

/** Every field that a person may set, also one that nobody has set yet. */
export function controlsOf(base: Json): readonly Control[] {
  return [
    ...actTypes.map((type) => list(base, 'roles', ['access', 'acts', type])),
    ...changeKinds.flatMap((kind) =>
      (['propose', 'confirm'] as const).map((part) => list(base, 'roles', ['changes', kind, part])),
    ),
    ...roles.map((role) => list(base, 'scopes', ['access', 'reads', role])),
    ...fieldsOf(base).flatMap(({ path, value }) => ofField(path, value) ?? []),
    ...factorControl(base),
    ...measureControls(base),
  ];
}
