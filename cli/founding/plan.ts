import * as z from 'zod';
import type { Role } from '../../core/access/index.ts';
import { refuse, ok, type Iin, type Result } from '../../core/kernel/index.ts';
import type { Locale } from '../../core/signing/index.ts';
import { iin, line, locale, platformId, profile, staffRecord } from '../../contracts/documents/index.ts';

/** What one ceremony gets through; more people come later, by two cards. */
const othersMax = 50;
const workstationsMax = 10;
const filesMax = 80;

const person = z.strictObject({
  iin,
  name: line(200, 1),
  /** In which the text is shown to this person; the language of the program where absent. */
  locale: locale.optional(),
});

const files = z.array(line(300, 1)).max(filesMax);

const planFile = z.strictObject({
  profile,
  operatorName: line(300, 1),
  /** As workstations reach the server. */
  url: z.url({ protocol: /^https$/u }),
  platform: platformId.optional(),
  /** Order or minutes that the first records stand on. */
  basis: line(300, 1),
  officers: z.tuple([person, person]),
  recovery: person,
  others: z
    .array(person.extend({ roles: staffRecord.shape.roles }))
    .max(othersMax)
    .default([]),
  /** Names of the workstations that the founding admits. */
  workstations: z.array(line(80, 1)).min(1).max(workstationsMax),
  /** Files beside the plan: certificates to trust, and lists of revoked ones. */
  certificates: files.min(1),
  revocationLists: files,
});

/** What is decided before the ceremony, and printed; nothing of it is secret. */
export type PlanFile = z.output<typeof planFile>;

/** Somebody whose card is read in the ceremony. */
export type PlannedPerson = {
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly locale: Locale | undefined;
};

/** Between them any two can change staff and policy under the first policy: one proposes as security officer, the other confirms as manager. */
const rolesOfThree = [['security-officer'], ['manager'], ['security-officer', 'manager']] as const satisfies Role[][];

/** The two officers and the recovery officer, in this order: they sign. */
export function threeOf({ officers, recovery }: Pick<PlanFile, 'officers' | 'recovery'>): readonly PlannedPerson[] {
  return [...officers, recovery].map(({ iin: number, name, locale: language }, at) => ({
    ...{ iin: number, name, locale: language },
    roles: rolesOfThree[at] ?? [],
  }));
}

/** Everybody of a plan: first those who sign. */
export function peopleOf(plan: Pick<PlanFile, 'officers' | 'recovery' | 'others'>): readonly PlannedPerson[] {
  return [...threeOf(plan), ...plan.others.map((other) => ({ ...other, locale: other.locale }))];
}

/** Reads the plan of a founding; `where` names the first field that is wrong. A person who is named twice is one. */
export function parsePlan(text: string): Result<PlanFile, 'founding-plan-malformed' | 'founding-people-insufficient'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('founding-plan-malformed', { where: 'JSON' });
  }
  const parsed = planFile.safeParse(value);
  if (!parsed.success) return refuse('founding-plan-malformed', { where: whereOf(parsed.error) });
  const numbers = peopleOf(parsed.data).map((one) => one.iin);
  if (new Set(numbers).size !== numbers.length) return refuse('founding-people-insufficient');
  return ok(parsed.data);
}

function whereOf({ issues: [first] }: z.ZodError): string {
  const unknown = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
  return [...(first?.path ?? []), ...unknown].map(String).join('.');
}
