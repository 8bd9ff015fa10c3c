import * as z from 'zod';
import type { RegistrationForm } from '../../core/actions/index.ts';
import { ok, refuse, type CaseId, type PlatformId, type Result } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { registrationForm } from '../../contracts/documents/index.ts';
import type { Recorded } from './acts.ts';

/** Most cases in one file: a registrar's week, and what one person can be asked to sign for. */
const casesMax = 1_000;

const fileSchema = z.strictObject({
  form: z.literal('qorgan.cases/1'),
  cases: z.array(registrationForm).min(1).max(casesMax),
});

/** Reads a file of registrations (`{"form": "qorgan.cases/1", "cases": […]}`). One bad form refuses the whole file, with its place. */
export function parseCasesFile(text: string): Result<readonly RegistrationForm[], 'cases-malformed'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('cases-malformed', { field: 'json' });
  }
  const parsed = fileSchema.safeParse(json);
  return parsed.success
    ? ok(parsed.data.cases)
    : refuse('cases-malformed', { field: parsed.error.issues[0]?.path.join('.').slice(0, 128) ?? '' });
}

/**
 * The case that a registration number stands for on a platform (UUIDv8 of its hash): importing a file twice meets the cases of the
 * first time instead of making others.
 */
export function caseIdOf(platform: PlatformId, number: string): CaseId {
  const bytes = sha256(`qorgan.case/1\n${platform}\n${number}\n`).slice(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') as CaseId;
}

export type ImportStep = { readonly number: string; readonly result: Result<Recorded> };

/**
 * Submits each registration as an act of its own, signed by the card of the shift, one after another. A case that is there already
 * answers `case-exists` and the rest goes on; a card or vault that fails ends the import, and running it again takes up the rest.
 */
export async function importCases(options: {
  readonly submit: (proposal: {
    readonly type: 'registration.submit';
    readonly caseId: CaseId;
    readonly form: RegistrationForm;
  }) => Promise<Result<Recorded>>;
  readonly platform: PlatformId;
  readonly cases: readonly RegistrationForm[];
  readonly onStep: (step: ImportStep) => void;
}): Promise<Result<{ readonly submitted: number; readonly known: number }>> {
  let submitted = 0;
  let known = 0;
  for (const form of options.cases) {
    const result = await options.submit({
      type: 'registration.submit',
      caseId: caseIdOf(options.platform, form.number),
      form,
    });
    options.onStep({ number: form.number, result });
    if (result.ok) submitted += 1;
    else if (result.refusal.code === 'case-exists' || result.refusal.code === 'case-closed') known += 1;
    else return result;
  }
  return ok({ submitted, known });
}
