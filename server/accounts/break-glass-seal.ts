import type * as z from 'zod';
import { halfText, sealedSecretSizeBytes, splitSecret } from '../../core/access/index.ts';
import { InvariantError, ok, refuse, Secret, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize } from '../../core/signing/index.ts';
import { breakGlassDocument, breakGlassSealDocument } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import { readSeal, writeSeal, type Row } from '../store/index.ts';
import { recordDocument, type LoggedDocument } from './documents.ts';
import { leafName } from './openings.ts';
import { stretched, stretchNew } from './passwords.ts';
import { readSignedDocuments } from './signed-documents.ts';
import { provisionTotp } from './totp.ts';

/** The one sealed account. */
export const sealedAccount = 'break-glass';

/** What is printed or carried away, each to a person of his own; shown this once. */
export type SealedSheets = { readonly sheets: readonly [string, string]; readonly otpauth: string };

/** The desk of the account, with the log that decides what counts. */
export type EmergencyDesk = {
  readonly desk: Desk;
  /** Waits until the log holds what was recorded; false where it cannot grow. */
  readonly settle: () => Promise<boolean>;
  /** Places of all leaves of this account in the log, by their names; `undefined` where the log cannot be read. */
  readonly leaves: () => ReadonlyMap<Sha256Hex, number> | undefined;
};

export type Seal = {
  readonly row: Row<'break_glass'>;
  readonly hash: Sha256Hex;
  readonly kept: z.output<typeof stretched>;
};

/** The row of a seal as this platform wrote it; whether it counts the log says. */
export async function holdSeal({ database, keyring }: Desk): Promise<Seal | undefined> {
  const row = await readSeal(database);
  if (row === undefined || !isTagged(keyring, 'break_glass', row)) return undefined;
  try {
    const opened = keyring.open(sealedAccount, Buffer.from(row.sealed, 'base64')).toString();
    return { row, hash: sha256Hex(row.sealed), kept: stretched.parse(JSON.parse(opened)) };
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}

type Told = { readonly place: number; readonly document: unknown };

function toldBy(place: number, { document }: LoggedDocument['signed']): Told {
  const parsed: unknown = JSON.parse(document);
  return { place, document: parsed };
}

/** Documents of the account in the order of the log; `undefined` where one leaf has none, or one document no leaf. */
async function readTold({ desk, leaves }: EmergencyDesk): Promise<readonly Told[] | undefined> {
  const places = leaves();
  const sealed = await readSignedDocuments(desk, 'break-glass-seal');
  const opened = await readSignedDocuments(desk, 'break-glass');
  const documents = [...sealed.documents, ...opened.documents];
  if (places === undefined || documents.length !== places.size) return undefined;
  const told = documents.flatMap(({ signed, opening }: LoggedDocument): Told[] => {
    const place = places.get(leafName(opening.leaf));
    return place === undefined ? [] : [toldBy(place, signed)];
  });
  const isWhole = new Set(told.map(({ place }) => place)).size === places.size;
  return isWhole ? told.toSorted((one, other) => one.place - other.place) : undefined;
}

/** The seal that the log named last, whole or broken. */
function newestSeal(told: readonly Told[]): Sha256Hex | undefined {
  return told.flatMap(({ document }) => breakGlassSealDocument.safeParse(document).data?.seal ?? []).at(-1);
}

/** True for the newest seal that the log names, while no leaf says that it was broken. Where a leaf has lost its record nobody knows, and none is. */
export async function isSealInForce(account: EmergencyDesk, seal: Sha256Hex): Promise<boolean> {
  const told = await readTold(account);
  if (told === undefined || newestSeal(told) !== seal) return false;
  return !told.some(({ document }) => breakGlassDocument.safeParse(document).data?.seal === seal);
}

export type SealRefusal = 'document-malformed' | 'server-busy' | 'log-behind';

/**
 * Seals the account anew by this person: halves and code of before open nothing any more. Seal and leaf are durable on return; it opens once the
 * log holds the leaf.
 */
export async function sealBreakGlass(
  account: EmergencyDesk,
  by: { readonly iin: string; readonly name: string },
): Promise<Result<SealedSheets, SealRefusal>> {
  const { desk, settle } = account;
  const { identity, keyring, surroundings } = desk;
  // The seal that is replaced is named by the log, and no row decides which it is.
  if (!(await settle())) return refuse('log-behind');
  using secret = new Secret('password', surroundings.randomBytes(sealedSecretSizeBytes));
  const halves = secret.use((bytes) => splitSecret(bytes, surroundings.randomBytes(sealedSecretSizeBytes)));
  const made = await stretchNew(desk, secret);
  if (!made.ok) return made;
  const sealed = keyring.seal(sealedAccount, JSON.stringify(made.value)).toString('base64');
  const document = breakGlassSealDocument.safeParse({
    ...{ form: 'qorgan.break-glass-seal/1', platform: identity.platform, profile: identity.profile },
    ...{ server: identity.url, seal: sha256Hex(sealed), replaces: await replacedBy(desk) },
    ...{ iin: by.iin, name: by.name, sealedAtMs: surroundings.nowMs() },
  });
  if (!document.success) return refuse('document-malformed');
  const subject = `break-glass:${keyring.tag('staff', document.data.iin)}`;
  const text = canonicalize(document.data);
  let otpauth = '';
  await recordDocument(desk, { kind: 'break-glass-seal', subject, text }, async (session) => {
    await writeSeal(session, tagRow(keyring, 'break_glass', { name: sealedAccount, sealed }));
    otpauth = await provisionTotp(desk, sealedAccount, session);
  });
  return ok({ sheets: [halfText(sha256, halves[0]), halfText(sha256, halves[1])], otpauth });
}

async function replacedBy(desk: Desk): Promise<Sha256Hex | null> {
  const { documents } = await readSignedDocuments(desk, 'break-glass-seal');
  return newestSeal(documents.map(({ signed }, place) => toldBy(place, signed))) ?? null;
}
