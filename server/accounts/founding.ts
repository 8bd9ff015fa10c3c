import type { RegistryState } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  baseOfFounding,
  isSignatureOfFounding,
  judgeFoundingStatement,
  judgeSignedFounding,
  shownHashes,
  wordsOfFounding,
  type FoundingDocument,
  type FoundingRecord,
  type FoundingRefusal,
  type FoundingSignature,
  type FoundingStatement,
  type NamedFounding,
} from '../../core/replay/index.ts';
import { canonicalize, shownVersion, type Json, type Locale } from '../../core/signing/index.ts';
import {
  parseDeviceRecord,
  parseFoundingDocument,
  parseFoundingStatement,
  readFoundingRecord,
} from '../../contracts/documents/index.ts';
import { isSignedByCard, sha256 } from '../../eds/index.ts';
import { signingTexts as texts } from '../../locales/signing/index.ts';
import type { Identity } from '../platform/index.ts';

/** Kinds of records that a card has to stand behind once the platform is founded. */
export const grantKinds = ['staff', 'device', 'policy'] as const;
export type GrantKind = (typeof grantKinds)[number];

/** A record of the log that the platform key signed. */
export type LoggedRecord = {
  readonly kind: GrantKind;
  readonly text: string;
  /** Of the text. */
  readonly hash: string;
  readonly leafIndex: number;
};

/** A platform whose founding is in the log, and the rights that it started from. */
export type Founded = {
  readonly statement: FoundingStatement;
  readonly leafIndex: number;
  readonly base: RegistryState;
};

type Platform = Pick<Identity, 'platform' | 'profile' | 'logOrigin'>;

const ports = { sha256, texts, isSignedByCard };

const read = (records: readonly LoggedRecord[]): readonly FoundingRecord[] =>
  records.map(({ text, hash }) => readFoundingRecord(text, hash));

/** The statement of a founding in words. */
export function foundingWords(
  statement: NamedFounding,
  base: RegistryState,
  { locale, version }: { readonly locale: Locale; readonly version: number },
): string | undefined {
  return wordsOfFounding(statement, base, { locale, version, sha256, texts });
}

/** True where the card of a person in force, whom the statement names, signed its text. */
export function isSignedBy(
  signature: FoundingSignature,
  statement: { readonly text: string } & Pick<FoundingStatement, 'officers' | 'recovery' | 'foundedAtMs'>,
  base: RegistryState,
): boolean {
  return isSignatureOfFounding(signature, statement, base, ports);
}

/** Judges the text of a statement by the records that the log holds before it: all that can be said of a founding before anybody signs. */
export function judgeStatement(
  text: string,
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<{ readonly statement: FoundingStatement; readonly base: RegistryState }, FoundingRefusal> {
  const statement = parseFoundingStatement(text);
  if (!statement.ok) return statement;
  const base = judgeFoundingStatement(statement.value, read(records), platform, ports);
  return base.ok ? ok({ statement: statement.value, base: base.value }) : base;
}

/** Judges the text of a founding against the records that stand before it in the log (`records`, in order), by `judgeSignedFounding` of core. */
export function judgeFounding(
  { text, leafIndex }: { readonly text: string; readonly leafIndex: number },
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<Founded, FoundingRefusal> {
  const document = parseFoundingDocument(text);
  if (!document.ok) return document;
  const statement = parseFoundingStatement(document.value.statement);
  if (!statement.ok) return statement;
  const before = read(records.filter((record) => record.leafIndex < leafIndex));
  const base = judgeSignedFounding(document.value, statement.value, before, { platform, ports });
  return base.ok ? ok({ statement: statement.value, leafIndex, base: base.value }) : base;
}

/** Who founds, and which of the devices that are in the log they admit. */
export type FoundingPeople = Pick<FoundingStatement, 'officers' | 'recovery'> & {
  readonly devices: readonly DeviceId[];
};

/** What a statement says of the platform itself. */
export type FoundingPlace = Platform & Pick<FoundingStatement, 'operatorName' | 'keys'>;

function isNamed({ kind, text }: LoggedRecord, devices: readonly DeviceId[]): boolean {
  if (kind !== 'device') return true;
  const device = parseDeviceRecord(text);
  return device.ok && devices.includes(device.value.device);
}

/** The text that the cards sign over these records; judged as any other before it is answered. */
export function foundingStatementText(
  records: readonly LoggedRecord[],
  place: FoundingPlace,
  { officers, recovery, devices }: FoundingPeople,
  foundedAtMs: number,
): Result<string, FoundingRefusal> {
  const named: NamedFounding = {
    form: 'qorgan.founding-statement/1',
    platform: place.platform,
    profile: place.profile,
    operatorName: place.operatorName,
    log: place.logOrigin,
    keys: place.keys,
    officers,
    recovery,
    records: records.filter((record) => isNamed(record, devices)).map(({ hash }) => hash as Sha256Hex),
    foundedAtMs,
  };
  const base = baseOfFounding(named, read(records), place, sha256);
  if (!base.ok) return base;
  const shown = shownHashes(named, base.value, { version: shownVersion, sha256, texts });
  if (shown === undefined) return refuse('founding-records-differ');
  const text = canonicalize({ ...named, shown } as unknown as Json);
  const judged = judgeStatement(text, records, place);
  return judged.ok ? ok(text) : judged;
}

/** The document of a founding. */
export function foundingDocumentText(
  statement: string,
  signatures: FoundingDocument['signatures'],
  { platform, profile }: Platform,
): string {
  const document: FoundingDocument = { form: 'qorgan.founding/1', platform, profile, statement, signatures };
  return canonicalize(document as unknown as Json);
}
