import * as z from 'zod';
import { sessionsResponse } from '../http/index.ts';
import { policySummarySchema, policyViewSchema } from './access-views.ts';
import { nothing, verb } from './common.ts';

/** Verbs of the screens of accounts that main answers. */
export const accountVerbs = {
  /** The versions of the policy that this workstation holds, newest first. */
  'policies.list': verb(nothing, z.strictObject({ items: z.array(policySummarySchema).max(512) })),
  'policies.get': verb(z.strictObject({ version: z.int().positive() }), policyViewSchema),
  /** Asks for a place by the system's dialog and writes the matrix of this version there as CSV, in the language of the window. */
  'permissions.export': verb(z.strictObject({ version: z.int().positive() }), z.strictObject({ isSaved: z.boolean() })),
  /** Where a person is signed in, as the server lists it: of the person of this shift (`null`), or of anybody for whoever reads operations. */
  'sessions.list': verb(
    z.strictObject({
      of: z
        .string()
        .regex(/^\d{12}$/u)
        .nullable(),
    }),
    sessionsResponse,
  ),
  /** Opens the sealed prompt: no password is ever typed into a page. */
  'password.change': verb(nothing, nothing),
  /** Signs somebody out there. `reason` stays with the session; it may be empty for the own one alone. */
  'sessions.end': verb(
    z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/u), reason: z.string().max(300) }),
    nothing,
  ),
} as const;
