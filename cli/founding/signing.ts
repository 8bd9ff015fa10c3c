import { parseDeviceRecord, parseFoundingStatement, parseStaffRecord } from '../../contracts/documents/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import type { Locale, StaffRecord } from '../../core/signing/index.ts';
import type { FoundingSignature } from '../../core/replay/index.ts';
import type { Founding } from '../../server/boot/index.ts';
import { signOn, type CardDesk } from './cards.ts';
import { readKept, writeKept, type Kept } from './kept.ts';
import { threeOf, type PlannedPerson, type PlanFile } from './plan.ts';

/** Whoever shows the text to a person before his PIN is asked. */
export type SigningDesk = {
  readonly locale: Locale;
  readonly show: (holder: { readonly name: string }, text: string) => void;
};

type Signing = {
  readonly plan: PlanFile;
  readonly directory: string;
  readonly devices: readonly DeviceId[];
  readonly cards: CardDesk;
  readonly signing: SigningDesk;
  readonly isAnew?: boolean;
};

type Signed = { readonly statement: string; readonly signatures: readonly FoundingSignature[] };

/** The newest record of a person that the log holds. */
export async function recordedPerson(founding: Founding, iin: Iin): Promise<StaffRecord | undefined> {
  const { records } = await founding.standing();
  const staff = records.flatMap(({ kind, text }) => {
    const record = kind === 'staff' ? parseStaffRecord(text) : undefined;
    return record?.ok === true ? [record.value] : [];
  });
  return staff.findLast((record) => record.iin === iin);
}

/** The statement that is being signed, with the signatures that hold; made anew where there is none. */
async function takeUp(options: Signing, founding: Founding, draft: Kept): Promise<Result<Signed>> {
  const { plan, devices, isAnew = false } = options;
  const [first, second] = plan.officers;
  if (draft.statement === null || isAnew) {
    const people = { officers: [first.iin, second.iin] as [Iin, Iin], recovery: plan.recovery.iin, devices };
    const statement = await founding.statement(people);
    return statement.ok ? ok({ statement: statement.value, signatures: [] }) : statement;
  }
  const { statement, signatures } = draft;
  const readable = await founding.words(statement, options.signing.locale);
  if (!readable.ok) return readable;
  if (!isOfPlan(plan, statement) || !(await admitsJust(devices, statement, founding)))
    return refuse('founding-plan-differs');
  for (const signature of signatures) {
    const judged = await founding.judgeSignature(statement, signature);
    if (!judged.ok) return judged;
  }
  return ok({ statement, signatures });
}

function isOfPlan({ officers, recovery }: PlanFile, text: string): boolean {
  const statement = parseFoundingStatement(text);
  if (!statement.ok) return false;
  const named = [...statement.value.officers, statement.value.recovery];
  return named.join() === [...officers, recovery].map(({ iin }) => iin).join();
}

/** True where a statement admits the workstations whose fingerprints were read off in this run, and no other: the draft may have been edited. */
async function admitsJust(devices: readonly DeviceId[], text: string, founding: Founding): Promise<boolean> {
  const statement = parseFoundingStatement(text);
  const { records } = await founding.standing();
  return records.every((record) => {
    const device = record.kind === 'device' ? parseDeviceRecord(record.text) : undefined;
    if (!statement.ok || device?.ok !== true) return statement.ok && device === undefined;
    return statement.value.records.some((one) => one === record.hash) === devices.includes(device.value.device);
  });
}

async function signOne(
  options: Signing,
  founding: Founding,
  statement: string,
  person: PlannedPerson,
): Promise<Result<FoundingSignature>> {
  const { cards, signing } = options;
  const record = await recordedPerson(founding, person.iin);
  // Judged at each signature: nobody reads a text to which something was added since the one before.
  const text = await founding.words(statement, person.locale ?? signing.locale);
  if (!text.ok) return text;
  signing.show(person, text.value);
  const signature = await signOn(cards, { ...person, certificates: record?.certificates ?? [] }, statement);
  if (!signature.ok) return signature;
  const judged = await founding.judgeSignature(statement, signature.value);
  return judged.ok ? signature : judged;
}

/** Has the two officers and the recovery officer sign one statement, each after reading it; each signature is kept before the next is asked for. */
export async function signAll(options: Signing, founding: Founding): Promise<Result<Signed>> {
  const { plan, directory } = options;
  const kept = readKept(directory);
  if (!kept.ok) return kept;
  const begun = await takeUp(options, founding, kept.value);
  if (!begun.ok) return begun;
  const { statement } = begun.value;
  let { signatures } = begun.value;
  const keep = (): void => writeKept(directory, { ...kept.value, statement, signatures: [...signatures] });
  keep();
  for (const person of threeOf(plan)) {
    if (signatures.some(({ iin }) => iin === person.iin)) continue;
    const signature = await signOne(options, founding, statement, person);
    if (!signature.ok) return signature;
    signatures = [...signatures, signature.value];
    keep();
  }
  return ok({ statement, signatures });
}
