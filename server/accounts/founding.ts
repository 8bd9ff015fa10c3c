import {
  changeableKinds,
  outOfForce,
  registryOf,
  type DeviceGrant,
  type PolicyDocument,
  type RegistryState,
  type StaffGrant,
} from '../../core/access/index.ts';
import { refuse, ok, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import {
  canonicalize,
  foundingText,
  shownVersion,
  type DeviceRecord,
  type Locale,
  type StaffRecord,
} from '../../core/signing/index.ts';
import {
  parseDeviceRecord,
  parseFoundingDocument,
  parseFoundingStatement,
  parsePolicyDocument,
  parseStaffRecord,
  type FoundingDocument,
  type FoundingStatement,
} from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import type { Identity } from '../platform/index.ts';
import { isSignedByCard } from './card-signature.ts';

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

/** The last moment that a record can name: a right without an end. */
export const endlessMs = 253_402_300_799_999;

type Platform = Pick<Identity, 'platform' | 'profile' | 'logOrigin'>;

function grantOf(record: StaffRecord): StaffGrant {
  const { iin, name, roles, certificates, validFromMs, validUntilMs } = record;
  const plain = { iin, name, roles, certificates, validFromMs };
  const ends = { validUntilMs: validUntilMs === endlessMs ? null : validUntilMs };
  return { ...plain, ...ends, employeeNumber: null, standing: 'active', contract: null };
}

function grantOfDevice(record: DeviceRecord, custodian: Iin): DeviceGrant {
  return { record, location: '—', custodian, standing: 'active' };
}

/** The records of a founding as rights: the newest of each person and device, policies in their order. */
function baseOf(
  records: readonly LoggedRecord[],
  platform: Platform,
  { officers, foundedAtMs: atMs }: Pick<Named, 'officers' | 'foundedAtMs'>,
): RegistryState {
  const [custodian] = officers;
  const isOurs = (of: { readonly platform: string; readonly profile: string }): boolean =>
    of.platform === platform.platform && of.profile === platform.profile;
  const staff = new Map<string, { record: StaffGrant; source: string }>();
  const devices = new Map<string, { record: DeviceGrant; source: string }>();
  const policies: { record: PolicyDocument; source: string }[] = [];
  for (const { kind, text, hash: source } of records) {
    const person = kind === 'staff' ? parseStaffRecord(text) : undefined;
    if (person?.ok === true && isOurs(person.value))
      staff.set(person.value.iin, { record: grantOf(person.value), source });
    const device = kind === 'device' ? parseDeviceRecord(text) : undefined;
    if (device?.ok === true && isOurs(device.value))
      devices.set(device.value.device, { record: grantOfDevice(device.value, custodian), source });
    const policy = kind === 'policy' ? parsePolicyDocument(text) : undefined;
    if (policy?.ok === true && isOurs(policy.value)) policies.push({ record: policy.value, source });
  }
  return registryOf({ staff: [...staff.values()], devices: [...devices.values()], policies }, { sha256, atMs });
}

export type FoundingRefusal =
  | 'document-malformed'
  | 'founding-records-differ'
  | 'founding-people-insufficient'
  | 'founding-text-differs'
  | 'founding-signatures-insufficient';

/** What a founding rests on: its statement without what was read, and the records that it names. */
type Named = Omit<FoundingStatement, 'shown'>;

/** The records that a statement names, as rights; refused where the log does not hold each of them (`records`, in order). */
function baseOfStatement(
  statement: Named,
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<RegistryState, 'founding-records-differ'> {
  const { platform: id, profile, log, records: named } = statement;
  const isOurs = id === platform.platform && profile === platform.profile && log === platform.logOrigin;
  const counted = records.filter(({ hash }) => named.some((one) => one === hash));
  const isWhole = new Set(counted.map(({ hash }) => hash)).size === new Set(named).size;
  return isOurs && isWhole ? ok(baseOf(counted, platform, statement)) : refuse('founding-records-differ');
}

/** True where three people are named, and any two of them can change staff and policy: the loss of one card closes nothing. */
function hasEnoughPeople({ officers, recovery, foundedAtMs }: Named, base: RegistryState): boolean {
  const three = [...officers, recovery];
  return three.every((absent, at) => {
    const pair = three.filter((iin) => iin !== absent);
    const people = new Map([...base.people].filter(([iin]) => pair.includes(iin)));
    return three.indexOf(absent) === at && changeableKinds({ ...base, people }, foundedAtMs).length === 2;
  });
}

/** SHA-256 of what is read before signing, in each language; `undefined` where these words or the policy are unknown here. */
export function shownHashes(statement: Named, base: RegistryState, version: number): Shown | undefined {
  const texts = locales.map((locale) => foundingWords(statement, base, { locale, version }));
  const [kk, ru, en] = texts.map((text) => (text === undefined ? undefined : sha256Hex(text)));
  return kk === undefined || ru === undefined || en === undefined ? undefined : { version, kk, ru, en };
}

type Shown = FoundingStatement['shown'];
const locales = ['kk', 'ru', 'en'] as const satisfies readonly Locale[];

/** The statement of a founding in words. */
export function foundingWords(
  statement: Named,
  base: RegistryState,
  { locale, version }: { readonly locale: Locale; readonly version: number },
): string | undefined {
  const policy = base.policies.at(-1);
  if (policy === undefined) return undefined;
  const people = [...base.people.values()].map(({ record }) => record);
  const devices = [...base.devices.values()].map(({ record }) => record);
  const about = { ...statement, people, devices, policy: policy.record, policyHash: policy.hash };
  const text = foundingText(signingTexts, about, { locale, version, sha256 });
  return text.ok ? text.value : undefined;
}

function areTextsRight(statement: FoundingStatement, base: RegistryState): boolean {
  const { shown } = statement;
  const again = shownHashes(statement, base, shown.version);
  return again !== undefined && locales.every((locale) => again[locale] === shown[locale]);
}

/** One signature of a founding, over the text of its statement. */
export type FoundingSignature = FoundingDocument['signatures'][number];

/** True where the card of a person in force, whom the statement names, signed its text. */
export function isSignedBy(
  { iin, certificate, cms }: FoundingSignature,
  statement: { readonly text: string } & Pick<FoundingStatement, 'officers' | 'recovery' | 'foundedAtMs'>,
  base: RegistryState,
): boolean {
  const { text, officers, recovery, foundedAtMs: atMs } = statement;
  const person = base.people.get(iin);
  if (person === undefined || outOfForce(person, atMs) !== undefined) return false;
  if (![...officers, recovery].includes(iin) || !person.record.certificates.includes(certificate)) return false;
  return isSignedByCard({ cms: Buffer.from(cms, 'base64'), text, atMs }, { iin, certificate });
}

/** Judges a statement by the records that the log holds before it: all that can be said of a founding before anybody signs. */
export function judgeStatement(
  text: string,
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<{ readonly statement: FoundingStatement; readonly base: RegistryState }, FoundingRefusal> {
  const statement = parseFoundingStatement(text);
  if (!statement.ok) return statement;
  const base = baseOfStatement(statement.value, records, platform);
  if (!base.ok) return base;
  if (!hasEnoughPeople(statement.value, base.value)) return refuse('founding-people-insufficient');
  if (!areTextsRight(statement.value, base.value)) return refuse('founding-text-differs');
  return ok({ statement: statement.value, base: base.value });
}

/**
 * Judges a founding against the records that stand before it in the log (`records`, in order): every record that it names must be there, the text that was read
 * must come out of them again, and the two officers and the recovery officer must have signed by their cards.
 */
export function judgeFounding(
  founding: { readonly text: string; readonly leafIndex: number },
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<Founded, FoundingRefusal> {
  const { leafIndex } = founding;
  const document = parseFoundingDocument(founding.text);
  if (!document.ok) return document;
  const { statement: text, signatures } = document.value;
  const before = records.filter((record) => record.leafIndex < leafIndex);
  const judged = judgeStatement(text, before, platform);
  if (!judged.ok) return judged;
  const { statement, base } = judged.value;
  const isGood = signatures.every((signature) => isSignedBy(signature, { ...statement, text }, base));
  // As many signers as the form asks for, each of them named: nobody is missing.
  if (!isGood || new Set(signatures.map(({ iin }) => iin)).size !== signatures.length)
    return refuse('founding-signatures-insufficient');
  return ok({ statement, leafIndex, base });
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
  const named: Named = {
    form: 'qorgan.founding-statement/1',
    platform: place.platform,
    profile: place.profile,
    operatorName: place.operatorName,
    log: place.logOrigin,
    keys: place.keys,
    officers,
    recovery,
    records: records.filter((record) => isNamed(record, devices)).map(({ hash }) => hash) as Named['records'],
    foundedAtMs,
  };
  const base = baseOfStatement(named, records, place);
  if (!base.ok) return base;
  const shown = shownHashes(named, base.value, shownVersion);
  if (shown === undefined) return refuse('founding-records-differ');
  const text = canonicalize({ ...named, shown });
  const judged = judgeStatement(text, records, place);
  return judged.ok ? ok(text) : judged;
}

/** The document of a founding. */
export function foundingDocumentText(
  statement: string,
  signatures: FoundingDocument['signatures'],
  platform: Platform,
): string {
  const document: FoundingDocument = {
    form: 'qorgan.founding/1',
    platform: platform.platform,
    profile: platform.profile,
    statement,
    signatures,
  };
  return canonicalize(document);
}
