import * as z from 'zod';
import {
  alarmViewSchema,
  blockedActSchema,
  changeSummarySchema,
  changeViewSchema,
  deviceViewSchema,
  personActSchema,
  personStandings,
  personSummarySchema,
  personViewSchema,
  toldBlockedActSchema,
} from './access-views.ts';
import { blockedActsMax } from '../http/index.ts';
import { idSchema, nothing, refusalSchema, verb } from './common.ts';
import type { OperatorVerbs } from './operator.ts';
import type { rightsDraftSchema } from './rights-draft.ts';

const iin = z.string().regex(/^\d{12}$/u);

/** A change of rights as a screen writes it. */
export type AccessDraft = z.input<typeof rightsDraftSchema>;

/** What people are looked for by. */
export const peopleQuestSchema = z.strictObject({
  /** A part of a name, an IIN, an employee number or a contract. */
  query: z.string().max(120),
  roles: z.array(z.string().max(64)).max(32),
  standings: z.array(z.enum(personStandings)).max(personStandings.length),
  /** Only those with a contract, and only those whose right ends soon by the policy. */
  onlyContractors: z.boolean(),
  onlyEndingSoon: z.boolean(),
  sort: z.enum(['name', 'ends-first']),
});

const page = { offset: z.int().nonnegative(), limit: z.int().min(1).max(500) };
/** `next` is the offset to go on with; `null` at the end. */
const paged = { total: z.int().nonnegative(), next: z.int().nonnegative().nullable() };
/** How many there are in each view, whatever is looked for. */
const counts = z.record(z.string(), z.int().nonnegative());

/** Verbs of the screens of people, devices and second signatures: for whoever may read `access`. */
export const accessVerbs = {
  'people.list': verb(
    peopleQuestSchema.extend(page),
    z.strictObject({ ...paged, items: z.array(personSummarySchema).max(500), counts }),
  ),
  'people.get': verb(z.strictObject({ iin }), personViewSchema),
  /** What a person did, newest first, from what this desk has verified. */
  'people.acts': verb(
    z.strictObject({ iin, ...page }),
    z.strictObject({ ...paged, items: z.array(personActSchema).max(500) }),
  ),
  /** What a person sent that was received after his block, newest first; for whoever may propose to let it in. */
  'people.blockedActs': verb(
    z.strictObject({ iin }),
    z.strictObject({
      items: z.array(blockedActSchema.extend({ caseId: idSchema, told: toldBlockedActSchema })).max(blockedActsMax),
      /** Why the asker may not propose to let them in; `null` where he may. */
      propose: refusalSchema.nullable(),
    }),
  ),
  /** Those that ask to be let in first. */
  'devices.list': verb(nothing, z.strictObject({ items: z.array(deviceViewSchema).max(5_000) })),
  'changes.list': verb(
    z.strictObject({ view: z.enum(['for-me', 'mine', 'all']), ...page }),
    z.strictObject({ ...paged, items: z.array(changeSummarySchema).max(500), counts }),
  ),
  /** Every opening of the emergency account, newest first. */
  'alarms.list': verb(nothing, z.strictObject({ items: z.array(alarmViewSchema).max(5_000) })),
  'changes.get': verb(z.strictObject({ caseId: idSchema }), changeViewSchema),
} as const;

/** Everything that a screen may ask. */
export type ScreenVerbs = OperatorVerbs;
export type ScreenVerb = keyof ScreenVerbs;
export type ScreenInput<V extends ScreenVerb> = z.input<ScreenVerbs[V]['input']>;
export type ScreenOutput<V extends ScreenVerb> = z.output<ScreenVerbs[V]['output']>;
export type PeopleQuest = z.output<typeof peopleQuestSchema>;
