import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { LoggedOpening, PolicyDocument, RegistryState } from '../../core/access/index.ts';
import type { DeviceId, Iin } from '../../core/kernel/index.ts';
import { parseDeviceRecord, parsePolicyDocument, parseStaffRecord } from '../../contracts/documents/index.ts';
import type { LiveAnswers } from '../authorities/index.ts';
import type { ReadPlatform } from '../platform/index.ts';
import { readRegistryStamp, readRevocationLists, readTrustCertificates } from '../store/index.ts';
import { readDocuments, type LoggedDocument } from './documents.ts';
import type { Founded, LoggedRecord } from './founding.ts';
import { openingsOf, withAlarms } from './openings.ts';
import { createRecordCount, type RecordCount } from './record-count.ts';
import {
  foundedBy,
  recordsOf,
  unconfirmedOf,
  viewOfRights,
  waitingDevices,
  type PolicyInForce,
  type RegisteredDevice,
  type RegisteredStaff,
  type RegistryView,
  type UnconfirmedRecord,
} from './rights.ts';
import { listedBy, listedHashes, revocationDocument, type RevocationDocument } from './revocation.ts';
import {
  buildTrust,
  trustDocument,
  type Trust,
  type TrustDocument,
  type TrustPlace,
  type TrustSource,
} from './trust.ts';

/** Who may do what, as the log has it. */
export type Registry = {
  readonly device: (device: DeviceId) => RegisteredDevice | undefined;
  readonly devices: () => readonly RegisteredDevice[];
  /** The newest record of a person, in force or not. */
  readonly staff: (iin: Iin) => RegisteredStaff | undefined;
  readonly policy: () => PolicyInForce;
  /** The policy of a version, in force or not. */
  readonly policyOf: (version: number) => PolicyDocument | undefined;
  /** By the policy in force at this moment: one that comes into force by time makes another trust, without anything being read. */
  readonly trust: () => Trust;
  /** The same trust under another policy, which is not in force. */
  readonly trustUnder: (policy: PolicyDocument) => Trust;
  /** Version of the newest trust document; 0 before the first. */
  readonly trustVersion: () => number;
  readonly trustDocument: () => TrustDocument | undefined;
  /** The newest document of revocation lists. */
  readonly revocationDocument: () => RevocationDocument | undefined;
  /** Rights as the accepted acts of the log leave them; `undefined` before the platform is founded, when records of the platform key count. */
  readonly rights: () => RegistryState | undefined;
  /** Rights at the founding, which a replay folds from. */
  readonly founded: () => Founded | undefined;
  /** Records that the platform key signed, in the order of the log. */
  readonly records: () => readonly LoggedRecord[];
  /** Takes the rights that a committed batch, or a replay, came to. */
  readonly keepRights: (rights: RegistryState) => void;
  /** Records that the platform key alone signed after the founding: they count for nothing, and somebody must ask who made them. */
  readonly unconfirmed: () => readonly UnconfirmedRecord[];
  /** Devices that asked to be enrolled and that two people have not confirmed: every request of theirs is refused. */
  readonly waiting: () => readonly RegisteredDevice[];
  /** Every opening of the emergency account that the log holds, oldest first. */
  readonly openings: () => readonly LoggedOpening[];
  /** Leaves of the emergency account whose records were edited or removed: each may be an opening, and stands as one. */
  readonly openingsLost: () => number;
  /** Records of the log whose documents were edited or removed: while there are any, nobody knows who is blocked. */
  readonly rejected: () => number;
  /** Says that nobody knows any more who is blocked: a founding that the log had is gone. Counts as a rejected record from then on. */
  readonly distrust: () => void;
  /** Reads everything anew, where something has changed. */
  readonly refresh: () => Promise<void>;
  /** Hears of each change, once it counts. */
  readonly onChange: (listener: () => void) => void;
};

/** What the documents of the log say. */
type Documents = {
  readonly devices: readonly RegisteredDevice[];
  readonly staff: ReadonlyMap<string, RegisteredStaff>;
  readonly policies: readonly PolicyInForce[];
  readonly earlierPolicies: readonly PolicyInForce[];
  readonly founded: Founded | undefined;
  readonly unconfirmed: readonly UnconfirmedRecord[];
  readonly records: readonly LoggedRecord[];
  readonly openings: readonly LoggedOpening[];
  /** Records of the emergency account, seals and openings. */
  readonly emergencyCount: number;
};

type State = {
  readonly documents: Documents;
  readonly trust: Trust;
  readonly trustDocument: TrustDocument | undefined;
  readonly revocationDocument: RevocationDocument | undefined;
  readonly rejected: number;
  readonly openingsLost: number;
};

function isOfPlatform(
  platform: ReadPlatform,
  document: { readonly platform: string; readonly profile: string },
): boolean {
  return document.platform === platform.identity.platform && document.profile === platform.identity.profile;
}

function readDevices(platform: ReadPlatform, documents: readonly LoggedDocument[]): readonly RegisteredDevice[] {
  return documents.flatMap(({ signed, hash, leafIndex, opening }) => {
    const record = parseDeviceRecord(signed.document);
    if (!record.ok || !isOfPlatform(platform, record.value)) return [];
    const publicKey = Buffer.from(record.value.publicKey, 'base64');
    return [{ record: record.value, publicKey, signed, hash, leafIndex, opening }];
  });
}

function readStaff(platform: ReadPlatform, documents: readonly LoggedDocument[]): ReadonlyMap<string, RegisteredStaff> {
  const staff = new Map<string, RegisteredStaff>();
  for (const { signed, hash } of documents) {
    const record = parseStaffRecord(signed.document);
    if (record.ok && isOfPlatform(platform, record.value)) staff.set(record.value.iin, { record: record.value, hash });
  }
  return staff;
}

function readPolicies(platform: ReadPlatform, documents: readonly LoggedDocument[]): readonly PolicyInForce[] {
  return documents.flatMap(({ signed }) => {
    const policy = parsePolicyDocument(signed.document);
    return policy.ok && isOfPlatform(platform, policy.value) ? [{ policy: policy.value, signed }] : [];
  });
}

function ofSchema<T extends { readonly platform: string; readonly profile: string }>(
  platform: ReadPlatform,
  documents: readonly LoggedDocument[],
  schema: z.ZodType<T>,
): readonly T[] {
  return documents.flatMap(({ signed }) => {
    const document = schema.safeParse(JSON.parse(signed.document));
    return document.success && isOfPlatform(platform, document.data) ? [document.data] : [];
  });
}

function inForce(policies: readonly PolicyInForce[], nowMs: number): PolicyInForce {
  const newest = policies.filter(({ policy }) => policy.effectiveFromMs <= nowMs).at(-1);
  if (newest === undefined) throw new Error('accounts: a platform has a policy in force');
  return newest;
}

/** Before the founding the newest document of each device counts, after it what the cards say. */
function viewOf(platform: ReadPlatform, documents: Documents, rights: RegistryState | undefined): RegistryView {
  if (rights !== undefined) return viewOfRights(platform, rights, documents);
  const devices = new Map(documents.devices.map((device) => [device.record.device as string, device]));
  return { devices, staff: documents.staff, policies: documents.policies };
}

/** The same trust as before while nothing of it has changed: what is judged by it at this moment stays good, and so does what it remembers. */
function trustOf(source: TrustSource, before: Trust | undefined, at: TrustPlace): Trust {
  return before !== undefined && isDeepStrictEqual(before.source, source) ? before : buildTrust(source, at);
}

async function readGrants(platform: ReadPlatform) {
  const read = {
    device: await readDocuments(platform, 'device'),
    staff: await readDocuments(platform, 'staff'),
    policy: await readDocuments(platform, 'policy'),
    founding: await readDocuments(platform, 'founding'),
    opened: await readDocuments(platform, 'break-glass'),
    sealed: await readDocuments(platform, 'break-glass-seal'),
  };
  const { device, staff, policy, founding, opened, sealed } = read;
  const foundings = founding.documents;
  const records = recordsOf({ device: device.documents, staff: staff.documents, policy: policy.documents });
  const judged = foundedBy(foundings, records, platform.identity);
  const openings = openingsOf(platform.identity, opened.documents);
  const founded = judged && { ...judged, base: withAlarms(judged.base, openings) };
  const earlier = policy.documents.filter(({ leafIndex }) => founded === undefined || leafIndex < founded.leafIndex);
  const documents: Documents = {
    devices: readDevices(platform, device.documents),
    staff: readStaff(platform, staff.documents),
    policies: readPolicies(platform, policy.documents),
    earlierPolicies: readPolicies(platform, earlier),
    founded,
    records,
    openings,
    emergencyCount: opened.documents.length + sealed.documents.length,
    unconfirmed: founded === undefined ? [] : unconfirmedOf(founded, { records, foundings }),
  };
  // A founding is a record of the platform itself, and those are not counted among the leaves.
  const count = [device, staff, policy, opened, sealed].reduce((sum, { documents: some }) => sum + some.length, 0);
  return { documents, count, foundingsRejected: founding.rejected };
}

async function readState(
  platform: ReadPlatform,
  countRecords: () => RecordCount,
  options: {
    readonly before?: State;
    readonly live: LiveAnswers | undefined;
    readonly rights: () => RegistryState | undefined;
  },
): Promise<State> {
  const { before, live } = options;
  const records = countRecords();
  const grants = await readGrants(platform);
  const read = {
    trust: await readDocuments(platform, 'trust'),
    revocation: await readDocuments(platform, 'revocation'),
    logKey: await readDocuments(platform, 'log-key'),
  };
  const { nowMs } = platform.surroundings;
  const document = ofSchema(platform, read.trust.documents, trustDocument).at(-1);
  const revocations = ofSchema(platform, read.revocation.documents, revocationDocument);
  const listed = listedBy(revocations);
  const certificates = await readTrustCertificates(platform.database);
  const lists = await readRevocationLists(platform.database, listedHashes(listed));
  const { documents } = grants;
  // Asked last: an act that was committed meanwhile counts here, too.
  const view = viewOf(platform, documents, options.rights() ?? documents.founded?.base);
  const { policy } = inForce(view.policies, nowMs());
  const counted = Object.values(read).reduce((sum, one) => sum + one.documents.length, grants.count);
  return {
    documents,
    trust: trustOf({ document, policy, certificates, listed, lists }, before?.trust, { nowMs, live }),
    trustDocument: document,
    revocationDocument: revocations.at(-1),
    rejected: Math.max(0, records.all - counted) + grants.foundingsRejected,
    openingsLost: Math.max(0, records.emergency - documents.emergencyCount),
  };
}

/** Opens the registry of a platform whose first policy is in the log; `live` is what authorities say beyond it. */
export async function openRegistry(platform: ReadPlatform, live?: LiveAnswers): Promise<Registry> {
  const countRecords = createRecordCount(platform);
  // The size is asked before the documents: a leaf that comes meanwhile changes the next stamp.
  const readStamp = (): Promise<string> => readRegistryStamp(platform.database, platform.log.size());
  const { nowMs } = platform.surroundings;
  let stamp = await readStamp();
  const listeners: (() => void)[] = [];
  let isDistrusted = false;
  let rights: RegistryState | undefined;
  let state = await readState(platform, countRecords, { live, rights: () => rights });
  rights = state.documents.founded?.base;
  let view = viewOf(platform, state.documents, rights);
  return {
    device: (device) => view.devices.get(device),
    devices: () => [...view.devices.values()],
    staff: (iin) => view.staff.get(iin),
    policy: () => inForce(view.policies, nowMs()),
    policyOf: (version) =>
      [...state.documents.earlierPolicies, ...view.policies].findLast(({ policy }) => policy.version === version)
        ?.policy,
    trust: () => {
      const { policy } = inForce(view.policies, nowMs());
      const { source } = state.trust;
      if (policy.version !== source.policy.version)
        state = { ...state, trust: buildTrust({ ...source, policy }, { nowMs, live }) };
      return state.trust;
    },
    trustUnder: (policy) => buildTrust({ ...state.trust.source, policy }, { nowMs, live }),
    trustVersion: () => state.trustDocument?.version ?? 0,
    trustDocument: () => state.trustDocument,
    revocationDocument: () => state.revocationDocument,
    rights: () => rights,
    founded: () => state.documents.founded,
    keepRights: (after) => {
      rights = withAlarms(after, state.documents.openings);
      view = viewOf(platform, state.documents, rights);
      for (const listener of listeners) listener();
    },
    records: () => state.documents.records,
    unconfirmed: () => state.documents.unconfirmed,
    waiting: () => (rights === undefined ? [] : waitingDevices(rights, state.documents.devices)),
    openings: () => state.documents.openings,
    openingsLost: () => state.openingsLost,
    rejected: () => state.rejected + (isDistrusted ? 1 : 0),
    distrust: () => {
      isDistrusted = true;
    },
    refresh: async () => {
      const now = await readStamp();
      if (now === stamp) return;
      state = await readState(platform, countRecords, { before: state, live, rights: () => rights });
      rights = rights === undefined ? state.documents.founded?.base : withAlarms(rights, state.documents.openings);
      view = viewOf(platform, state.documents, rights);
      stamp = now;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
