import type { AccessDraft, PolicyView } from '../../../../contracts/ipc/index.ts';
import {
  antivirusBaseAgeDefaultMs,
  attemptRulesDefault,
  diffRecords,
  passwordRulesDefault,
  policyBounds,
  sessionRulesDefault,
  termRulesDefault,
  type FieldPath,
} from '../../../../core/access/index.ts';
import { spanOf, type Json, type Span } from '../../../../core/kernel/index.ts';
import { formatTime } from '../../../kit/index.ts';
import {
  controlsOf,
  isListControl,
  switches,
  switchKey,
  type Control,
  type ListControl,
  type SingleControl,
} from './policy-controls.ts';
import { whyFaults, whyOf, type Steps, type WhyFault, type WhyFields } from './steps.ts';

type Entry = string | readonly string[];

/** A path as a key of the form, and the key of the unit beside it. */
export type PathKey = `at ${string}`;
export type UnitKey = `unit ${string}`;
export const pathKey = (path: FieldPath): PathKey => `at ${JSON.stringify(path)}`;
export const unitKey = (path: FieldPath): UnitKey => `unit ${JSON.stringify(path)}`;

/** What was typed, by path; what nobody touched stands as it is in the version before. */
export type PolicyFields = WhyFields & {
  readonly from: string;
  /** Sections that the version before does not have. */
  readonly added: readonly string[];
  readonly [entry: PathKey | UnitKey]: Entry;
};

export type PolicyDraft = Steps<PolicyFields> & { readonly of: 'policy' };

export type PolicyFault =
  | WhyFault
  | { readonly field: FieldPath | 'from' | null; readonly id: 'from-unreadable' | 'from-over' | 'nothing-changed' }
  | { readonly field: FieldPath; readonly id: 'number-malformed' }
  | { readonly field: FieldPath; readonly id: 'number-beyond'; readonly min: number; readonly max: number };

const dayMs = 86_400_000;

/** Sections that older policies do not have: as they hold without being written, or as a form of them begins. */
export const sectionDefaults: Readonly<Record<string, Json>> = {
  passwords: passwordRulesDefault as unknown as Json,
  attempts: attemptRulesDefault as unknown as Json,
  sessions: sessionRulesDefault as unknown as Json,
  terms: termRulesDefault as unknown as Json,
  factors: { switchedOn: [], pinCarriers: [] },
  evidence: { antivirusBaseAgeMaxMs: antivirusBaseAgeDefaultMs },
  posture: {
    patchAgeMaxMs: 30 * dayMs,
    antivirusBaseAgeMaxMs: antivirusBaseAgeDefaultMs,
    clockDriftMaxMs: 60_000,
    reportAgeMaxMs: 7_200_000,
    measures: {},
    versions: {},
  },
};

const unitSizes: Readonly<Record<Span['unit'], number>> = {
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};
export const units = Object.keys(unitSizes) as readonly Span['unit'][];

/** `22.11.2026 14:05`: a policy begins with a minute. */
const momentText = (atMs: number): string => formatTime(atMs).slice(0, 'dd.mm.yyyy hh:mm'.length);

/** Two people sign before a policy counts: the form offers a day after now, and after the version before. */
export function startPolicy(beforeMs: number, nowMs: number): PolicyDraft {
  const from = momentText(Math.max(beforeMs, nowMs) + dayMs);
  return { of: 'policy', fields: { from, added: [], reason: '', basis: '' }, past: [], last: null };
}

const momentPattern = /^(\d{1,2})\.(\d{1,2})\.(\d{4}) (\d{1,2}):(\d{2})$/u;

/** Reads `22.11.2026 14:05` in the zone of this machine; `undefined` for any other text. */
export function readMoment(text: string): number | undefined {
  const [, day, month, year, hour, minute] = (momentPattern.exec(text.trim()) ?? []).map(Number);
  if (day === undefined || month === undefined || year === undefined) return undefined;
  const at = new Date(year, month - 1, day, hour, minute);
  return at.getDate() === day && at.getMonth() === month - 1 && at.getHours() === hour ? at.getTime() : undefined;
}

/** The document that is replaced, with the sections that are to be written from now on. */
export function baseOf(before: Json, { added }: PolicyFields): Json {
  const sections = added.map((name) => [name, sectionDefaults[name] ?? {}] as const);
  return { ...(before as Readonly<Record<string, Json>>), ...Object.fromEntries(sections) };
}

/** As it stands in the form: a number in its largest exact unit. */
export function textOf(fields: PolicyFields, control: SingleControl): string {
  const typed = fields[pathKey(control.path)];
  if (typeof typed === 'string') return typed;
  const { kind, value } = control;
  if (kind === 'lines') return value.join('\n');
  if (kind === 'text' || kind === 'measure') return value;
  if (kind === 'moment') return momentText(value);
  return String(kind === 'span' ? spanOf(value).value : value);
}

export function unitOf(fields: PolicyFields, { path, value }: SingleControl): Span['unit'] {
  const chosen = units.find((unit) => unit === fields[unitKey(path)]);
  return chosen ?? spanOf(value as number).unit;
}

export function listOf(fields: PolicyFields, { path, value }: ListControl): readonly string[] {
  const chosen = fields[pathKey(path)];
  return typeof chosen === 'object' ? chosen : value;
}

/** What a control comes to; `undefined` where it cannot be read. */
function valueOf(fields: PolicyFields, control: Control): Json | undefined {
  if (isListControl(control)) {
    const chosen = listOf(fields, control);
    if (control.kind !== 'switches') return [...chosen];
    return switches.filter((one) => chosen.includes(switchKey(one))) as unknown as Json;
  }
  const { kind } = control;
  const text = textOf(fields, control).trim();
  if (kind === 'lines') return text.split(/\s+/u).filter((line) => line !== '');
  if (kind === 'moment') return readMoment(text);
  if (kind === 'text' || kind === 'measure') return text;
  if (!/^\d{1,15}$/u.test(text)) return undefined;
  return Number(text) * (kind === 'span' ? unitSizes[unitOf(fields, control)] : 1);
}

function withValue(record: Json, [name, ...rest]: FieldPath, value: Json): Json {
  if (name === undefined) return value;
  if (Array.isArray(record)) return record.map((item: Json, at) => (at === name ? withValue(item, rest, value) : item));
  const members = record as Readonly<Record<string, Json>>;
  return { ...members, [name]: withValue(members[name] ?? {}, rest, value) };
}

/** A measure that nothing is chosen for is not written, and a kind of change has both parts. */
function withWhole(document: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const { changes, posture } = document as {
    readonly changes?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
    readonly posture?: Readonly<Record<string, Json>> & { readonly measures: Readonly<Record<string, Json>> };
  };
  const both = Object.entries(changes ?? {}).map(([kind, rule]) => [kind, { propose: [], confirm: [], ...rule }]);
  const chosen = Object.entries(posture?.measures ?? {}).filter(([, measure]) => measure !== '');
  return {
    ...document,
    ...(changes === undefined ? {} : { changes: Object.fromEntries(both) as Json }),
    ...(posture === undefined ? {} : { posture: { ...posture, measures: Object.fromEntries(chosen) } }),
  };
}

/** The document as far as the form can be read: what cannot be read stands as it was. */
export function documentOf(fields: PolicyFields, before: Json): Json {
  const base = baseOf(before, fields);
  const filled = controlsOf(base).reduce<Json>((document, control) => {
    const value = valueOf(fields, control);
    const isTouched = fields[pathKey(control.path)] !== undefined || fields[unitKey(control.path)] !== undefined;
    return value === undefined || !isTouched ? document : withValue(document, control.path, value);
  }, base);
  const { version, effectiveFromMs } = before as { readonly version: number; readonly effectiveFromMs: number };
  return {
    ...withWhole(filled as Readonly<Record<string, Json>>),
    version: version + 1,
    effectiveFromMs: readMoment(fields.from) ?? effectiveFromMs,
  };
}

function controlFault(fields: PolicyFields, control: Control): PolicyFault | undefined {
  const { path: field, kind } = control;
  if (kind !== 'span' && kind !== 'number') return undefined;
  const value = valueOf(fields, control);
  if (typeof value !== 'number') return { field, id: 'number-malformed' };
  const bounds = Object.entries(policyBounds).find(([name]) => name === field.join('.'))?.[1];
  return bounds === undefined || (value >= bounds.min && value <= bounds.max)
    ? undefined
    : { field, id: 'number-beyond', ...bounds };
}

const headFields = ['version', 'effectiveFromMs'];

function isChanged(fields: PolicyFields, before: Json): boolean {
  return diffRecords(before, documentOf(fields, before)).some(({ path }) => !headFields.includes(String(path[0])));
}

/** Everything that keeps the policy from being signed, in the order of the form. */
export function policyFaults({ fields }: PolicyDraft, before: Json, nowMs: number): readonly PolicyFault[] {
  const fromMs = readMoment(fields.from);
  const controls = controlsOf(baseOf(before, fields));
  return [
    ...(fromMs === undefined ? [{ field: 'from', id: 'from-unreadable' } as const] : []),
    ...(fromMs !== undefined && fromMs < nowMs ? [{ field: 'from', id: 'from-over' } as const] : []),
    ...controls.flatMap((control) => controlFault(fields, control) ?? []),
    ...(isChanged(fields, before) ? [] : [{ field: null, id: 'nothing-changed' } as const]),
    ...whyFaults(fields),
  ];
}

type PolicyChange = Extract<Extract<AccessDraft, { type: 'access.propose' }>['change'], { kind: 'policy' }>;

/** The act that the form comes to, or `null` while something is missing. */
export function policyAct(draft: PolicyDraft, view: PolicyView, nowMs: number): AccessDraft | null {
  const before = view.document as unknown as Json;
  if (policyFaults(draft, before, nowMs).length > 0) return null;
  const record = documentOf(draft.fields, before) as unknown as PolicyChange['record'];
  return {
    type: 'access.propose',
    change: { kind: 'policy', before: view.summary.hash, record },
    ...whyOf(draft.fields),
  };
}
