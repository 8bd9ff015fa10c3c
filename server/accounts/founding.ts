import {
  changeableKinds,
  outOfForce,
  registryOf,
  type DeviceGrant,
  type PolicyDocument,
  type RegistryState,
  type StaffGrant,
} from '../../core/access/index.ts';
import { refuse, ok, type Iin, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type DeviceRecord, type StaffRecord } from '../../core/signing/index.ts';
import {
  parseDeviceRecord,
  parseFoundingDocument,
  parseFoundingStatement,
  parsePolicyDocument,
  parseStaffRecord,
  type FoundingDocument,
  type FoundingStatement,
} from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
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

type Platform = Pick<Identity, 'platform' | 'profile' | 'logOrigin'>;

function grantOf(record: StaffRecord): StaffGrant {
  const { iin, name, roles, certificates, validFromMs, validUntilMs } = record;
  const plain = { iin, name, roles, certificates, validFromMs, validUntilMs };
  return { ...plain, employeeNumber: null, standing: 'active', contract: null };
}

function grantOfDevice(record: DeviceRecord, custodian: Iin): DeviceGrant {
  return { record, location: '—', custodian, standing: 'active' };
}

/** The records of a founding as rights: the newest of each person and device, policies in their order. */
function baseOf(records: readonly LoggedRecord[], platform: Platform, custodian: Iin): RegistryState {
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
  return registryOf({ staff: [...staff.values()], devices: [...devices.values()], policies }, sha256);
}

export type FoundingRefusal = 'document-malformed' | 'founding-records-differ' | 'founding-signatures-insufficient';

/** Every signature holds, is of a person in force, and two of the signers can change staff and policy between them. */
function areOfficers(
  { signatures, statement: text }: FoundingDocument,
  { foundedAtMs: atMs }: FoundingStatement,
  base: RegistryState,
): boolean {
  const isGood = signatures.every(({ iin, certificate, cms }) => {
    const person = base.people.get(iin);
    if (person === undefined || outOfForce(person, atMs) !== undefined) return false;
    if (!person.record.certificates.includes(certificate)) return false;
    return isSignedByCard({ cms: Buffer.from(cms, 'base64'), text, atMs }, { iin, certificate });
  });
  const signers = new Set(signatures.map(({ iin }) => iin));
  const own = { ...base, people: new Map([...base.people].filter(([iin]) => signers.has(iin))) };
  return isGood && signers.size === signatures.length && changeableKinds(own, atMs).length === 2;
}

/**
 * Judges a founding against the records that stand before it in the log (`records`, in order): every record that it names must be there, and
 * two officers of these records must have signed by their cards.
 */
export function judgeFounding(
  founding: { readonly text: string; readonly leafIndex: number },
  records: readonly LoggedRecord[],
  platform: Platform,
): Result<Founded, FoundingRefusal> {
  const { leafIndex } = founding;
  const document = parseFoundingDocument(founding.text);
  const statement = document.ok ? parseFoundingStatement(document.value.statement) : undefined;
  if (!document.ok || statement?.ok !== true) return refuse('document-malformed');
  const { platform: id, profile, log, records: named } = statement.value;
  const isOurs = id === platform.platform && profile === platform.profile && log === platform.logOrigin;
  const counted = records.filter((record) => record.leafIndex < leafIndex && named.some((one) => one === record.hash));
  const isWhole = new Set(counted.map(({ hash }) => hash)).size === new Set(named).size;
  if (!isOurs || !isWhole) return refuse('founding-records-differ');
  const [first] = document.value.signatures;
  const base = baseOf(counted, platform, first?.iin as Iin);
  if (!areOfficers(document.value, statement.value, base)) return refuse('founding-signatures-insufficient');
  return ok({ statement: statement.value, leafIndex, base });
}

/** The text that the officers' cards sign over these records. */
export function foundingText(records: readonly LoggedRecord[], platform: Platform, foundedAtMs: number): string {
  const statement: FoundingStatement = {
    form: 'qorgan.founding-statement/1',
    platform: platform.platform,
    profile: platform.profile,
    log: platform.logOrigin,
    records: records.map(({ hash }) => hash) as FoundingStatement['records'],
    foundedAtMs,
  };
  return canonicalize(statement);
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
