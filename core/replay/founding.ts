import {
  changeableKinds,
  outOfForce,
  registryOf,
  type DeviceGrant,
  type PolicyDocument,
  type RegistryState,
  type StaffGrant,
} from '../access/index.ts';
import {
  ok,
  refuse,
  toHex,
  type Iin,
  type PlatformId,
  type Result,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import {
  foundingText,
  type DeviceRecord,
  type Locale,
  type Profile,
  type SigningTexts,
  type StaffRecord,
} from '../signing/index.ts';

/**
 * What the people sign who found a platform: from the leaf of the founding on, no record of a person, a device or a policy counts that the
 * platform key alone signed. Any two of the three can change staff and policy.
 */
export type FoundingStatement = {
  readonly form: 'qorgan.founding-statement/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly operatorName: string;
  readonly log: string;
  /** SHA-256 of each public key: of the log those of the lines that readers pin, of the platform that of its 32 bytes. */
  readonly keys: { readonly log: Sha256Hex; readonly logMlDsa44: Sha256Hex; readonly platform: Sha256Hex };
  readonly officers: readonly [Iin, Iin];
  /** Whose card is kept sealed. */
  readonly recovery: Iin;
  /** Hashes of the records that count, in the order of the log. */
  readonly records: readonly Sha256Hex[];
  readonly foundedAtMs: number;
  /** SHA-256 of the text that was read before signing, in each language, and the version of its words. */
  readonly shown: FoundingShown;
};

export type FoundingShown = { readonly version: number } & Readonly<Record<Locale, Sha256Hex>>;

/** One signature of a founding, over the text of its statement. */
export type FoundingSignature = {
  readonly iin: Iin;
  readonly certificate: Sha256Hex;
  /** Base64. */
  readonly cms: string;
};

/** The statement with the signatures of the cards of everybody whom it names. */
export type FoundingDocument = {
  readonly form: 'qorgan.founding/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  /** Canonical text of the statement: what the cards signed. */
  readonly statement: string;
  readonly signatures: readonly FoundingSignature[];
};

/** What a founding rests on: its statement without what was read, and the records that it names. */
export type NamedFounding = Omit<FoundingStatement, 'shown'>;

/** A record that the platform key signed, by the hash of its text; one that cannot be read grants nothing. */
export type FoundingRecord = {
  readonly hash: string;
  readonly staff?: StaffRecord;
  readonly device?: DeviceRecord;
  readonly policy?: PolicyDocument;
};

export type FoundingPlatform = {
  readonly platform: string;
  readonly profile: string;
  readonly logOrigin: string;
};

export type FoundingPorts = {
  readonly sha256: Sha256;
  readonly texts: SigningTexts;
  /** True where exactly one card signed this text, by this certificate, which names this person. */
  readonly isSignedByCard: (
    signed: { readonly cms: string; readonly text: string; readonly atMs: number },
    by: { readonly iin: Iin; readonly certificate: Sha256Hex },
  ) => boolean;
};

export type FoundingRefusal =
  | 'document-malformed'
  | 'founding-records-differ'
  | 'founding-people-insufficient'
  | 'founding-text-differs'
  | 'founding-signatures-insufficient';

/** The last moment that a record can name: a right without an end. */
export const endlessMs = 253_402_300_799_999;

const locales = ['kk', 'ru', 'en'] as const satisfies readonly Locale[];

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
  records: readonly FoundingRecord[],
  { officers, foundedAtMs: atMs, platform, profile }: NamedFounding,
  sha256: Sha256,
): RegistryState {
  const [custodian] = officers;
  const isOurs = (of: { readonly platform: string; readonly profile: string } | undefined): boolean =>
    of?.platform === platform && of.profile === profile;
  const staff = new Map<string, { record: StaffGrant; source: string }>();
  const devices = new Map<string, { record: DeviceGrant; source: string }>();
  const policies: { record: PolicyDocument; source: string }[] = [];
  for (const { hash: source, ...record } of records) {
    if (record.staff !== undefined && isOurs(record.staff))
      staff.set(record.staff.iin, { record: grantOf(record.staff), source });
    if (record.device !== undefined && isOurs(record.device))
      devices.set(record.device.device, { record: grantOfDevice(record.device, custodian), source });
    if (record.policy !== undefined && isOurs(record.policy)) policies.push({ record: record.policy, source });
  }
  return registryOf({ staff: [...staff.values()], devices: [...devices.values()], policies }, { sha256, atMs });
}

/** The records that a statement names, as rights; refused where the log does not hold each of them (`records`, in order). */
export function baseOfFounding(
  named: NamedFounding,
  records: readonly FoundingRecord[],
  { platform, profile, logOrigin }: FoundingPlatform,
  sha256: Sha256,
): Result<RegistryState, 'founding-records-differ'> {
  const isOurs = named.platform === platform && named.profile === profile && named.log === logOrigin;
  const hashes = new Set<string>(named.records);
  const counted = records.filter(({ hash }) => hashes.has(hash));
  const isWhole = new Set(counted.map(({ hash }) => hash)).size === hashes.size;
  return isOurs && isWhole ? ok(baseOf(counted, named, sha256)) : refuse('founding-records-differ');
}

/** True where three people are named, and any two of them can change staff and policy: the loss of one card closes nothing. */
function hasEnoughPeople({ officers, recovery, foundedAtMs }: NamedFounding, base: RegistryState): boolean {
  const three = [...officers, recovery];
  return three.every((absent, at) => {
    const pair = three.filter((iin) => iin !== absent);
    const people = new Map([...base.people].filter(([iin]) => pair.includes(iin)));
    return three.indexOf(absent) === at && changeableKinds({ ...base, people }, foundedAtMs).length === 2;
  });
}

type Words = Pick<FoundingPorts, 'sha256' | 'texts'>;

/** The statement of a founding in words; `undefined` where these words or the policy are unknown here. */
export function wordsOfFounding(
  named: NamedFounding,
  base: RegistryState,
  { locale, version, sha256, texts }: Words & { readonly locale: Locale; readonly version: number },
): string | undefined {
  const policy = base.policies.at(-1);
  if (policy === undefined) return undefined;
  const people = [...base.people.values()].map(({ record }) => record);
  const devices = [...base.devices.values()].map(({ record }) => record);
  const about = { ...named, people, devices, policy: policy.record, policyHash: policy.hash };
  const text = foundingText(texts, about, { locale, version, sha256 });
  return text.ok ? text.value : undefined;
}

/** SHA-256 of what is read before signing, in each language; `undefined` where these words or the policy are unknown here. */
export function shownHashes(
  named: NamedFounding,
  base: RegistryState,
  place: Words & { readonly version: number },
): FoundingShown | undefined {
  const [kk, ru, en] = locales.map((locale) => {
    const text = wordsOfFounding(named, base, { ...place, locale });
    return text === undefined ? undefined : (toHex(place.sha256(text)) as Sha256Hex);
  });
  const { version } = place;
  return kk === undefined || ru === undefined || en === undefined ? undefined : { version, kk, ru, en };
}

function areTextsRight(statement: FoundingStatement, base: RegistryState, words: Words): boolean {
  const { shown } = statement;
  const again = shownHashes(statement, base, { ...words, version: shown.version });
  return again !== undefined && locales.every((locale) => again[locale] === shown[locale]);
}

/** True where the card of a person in force, whom the statement names, signed its text. */
export function isSignatureOfFounding(
  { iin, certificate, cms }: FoundingSignature,
  statement: { readonly text: string } & Pick<FoundingStatement, 'officers' | 'recovery' | 'foundedAtMs'>,
  base: RegistryState,
  { isSignedByCard }: Pick<FoundingPorts, 'isSignedByCard'>,
): boolean {
  const { text, officers, recovery, foundedAtMs: atMs } = statement;
  const person = base.people.get(iin);
  if (person === undefined || outOfForce(person, atMs) !== undefined) return false;
  if (![...officers, recovery].includes(iin) || !person.record.certificates.includes(certificate)) return false;
  return isSignedByCard({ cms, text, atMs }, { iin, certificate });
}

/** Judges a statement by the records that the log holds before it: all that can be said of a founding before anybody signs. */
export function judgeFoundingStatement(
  statement: FoundingStatement,
  records: readonly FoundingRecord[],
  platform: FoundingPlatform,
  words: Words,
): Result<RegistryState, FoundingRefusal> {
  const base = baseOfFounding(statement, records, platform, words.sha256);
  if (!base.ok) return base;
  if (!hasEnoughPeople(statement, base.value)) return refuse('founding-people-insufficient');
  return areTextsRight(statement, base.value, words) ? base : refuse('founding-text-differs');
}

/**
 * Judges a founding against the records that stand before it in the log (`records`, in order): every record that it names must be there, the text that was read
 * must come out of them again, and the two officers and the recovery officer must have signed by their cards. Answers the rights that it starts from.
 */
export function judgeSignedFounding(
  { statement: text, signatures }: Pick<FoundingDocument, 'statement' | 'signatures'>,
  statement: FoundingStatement,
  records: readonly FoundingRecord[],
  { platform, ports }: { readonly platform: FoundingPlatform; readonly ports: FoundingPorts },
): Result<RegistryState, FoundingRefusal> {
  const base = judgeFoundingStatement(statement, records, platform, ports);
  if (!base.ok) return base;
  const isGood = signatures.every((signature) =>
    isSignatureOfFounding(signature, { ...statement, text }, base.value, ports),
  );
  // As many signers as the form asks for, each of them named: nobody is missing.
  if (!isGood || new Set(signatures.map(({ iin }) => iin)).size !== signatures.length)
    return refuse('founding-signatures-insufficient');
  return base;
}
