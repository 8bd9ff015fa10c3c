import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { DeviceId, Iin, Sha256Hex } from '../../core/kernel/index.ts';
import { tileWidth, type Opening } from '../../core/log/index.ts';
import type { DeviceRecord, SignedDocument, StaffRecord } from '../../core/signing/index.ts';
import { parseDeviceRecord, parsePolicyDocument, parseStaffRecord } from '../../contracts/documents/index.ts';
import type { LiveAnswers } from '../authorities/index.ts';
import type { Desk, Platform } from '../platform/index.ts';
import { readRegistryStamp, readRevocationLists, readTrustCertificates } from '../store/index.ts';
import { readDocuments, readNewestSigned, type LoggedDocument } from './documents.ts';
import { listedBy, listedHashes, revocationDocument, type RevocationDocument } from './revocation.ts';
import {
  buildTrust,
  trustDocument,
  type Trust,
  type TrustDocument,
  type TrustPlace,
  type TrustSource,
} from './trust.ts';

export type RegisteredDevice = {
  readonly record: DeviceRecord;
  readonly publicKey: Uint8Array;
  readonly signed: SignedDocument;
  readonly hash: Sha256Hex;
  readonly leafIndex: number;
  readonly opening: Opening;
};
export type RegisteredStaff = { readonly record: StaffRecord; readonly hash: Sha256Hex };
export type PolicyInForce = { readonly policy: PolicyDocument; readonly signed: SignedDocument };

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
  /** Version of the newest trust document; 0 before the first. */
  readonly trustVersion: () => number;
  readonly trustDocument: () => TrustDocument | undefined;
  /** The newest document of revocation lists. */
  readonly revocationDocument: () => RevocationDocument | undefined;
  /** Records of the log whose documents were edited or removed: while there are any, nobody knows who is blocked. */
  readonly rejected: () => number;
  /** Reads everything anew, where something has changed. */
  readonly refresh: () => Promise<void>;
  /** Hears of each change, once it counts. */
  readonly onChange: (listener: () => void) => void;
};

type State = {
  readonly devices: ReadonlyMap<string, RegisteredDevice>;
  readonly staff: ReadonlyMap<string, RegisteredStaff>;
  readonly policies: readonly PolicyInForce[];
  readonly trust: Trust;
  readonly trustDocument: TrustDocument | undefined;
  readonly revocationDocument: RevocationDocument | undefined;
  readonly rejected: number;
};

function isOfPlatform(platform: Platform, document: { readonly platform: string; readonly profile: string }): boolean {
  return document.platform === platform.identity.platform && document.profile === platform.identity.profile;
}

function readDevices(platform: Platform, documents: readonly LoggedDocument[]): ReadonlyMap<string, RegisteredDevice> {
  const devices = new Map<string, RegisteredDevice>();
  for (const { signed, hash, leafIndex, opening } of documents) {
    const record = parseDeviceRecord(signed.document);
    if (!record.ok || !isOfPlatform(platform, record.value)) continue;
    devices.set(record.value.device, {
      record: record.value,
      publicKey: Buffer.from(record.value.publicKey, 'base64'),
      signed,
      hash,
      leafIndex,
      opening,
    });
  }
  return devices;
}

function readStaff(platform: Platform, documents: readonly LoggedDocument[]): ReadonlyMap<string, RegisteredStaff> {
  const staff = new Map<string, RegisteredStaff>();
  for (const { signed, hash } of documents) {
    const record = parseStaffRecord(signed.document);
    if (record.ok && isOfPlatform(platform, record.value)) staff.set(record.value.iin, { record: record.value, hash });
  }
  return staff;
}

function readPolicies(platform: Platform, documents: readonly LoggedDocument[]): readonly PolicyInForce[] {
  return documents.flatMap(({ signed }) => {
    const policy = parsePolicyDocument(signed.document);
    return policy.ok && isOfPlatform(platform, policy.value) ? [{ policy: policy.value, signed }] : [];
  });
}

function ofSchema<T extends { readonly platform: string; readonly profile: string }>(
  platform: Platform,
  documents: readonly LoggedDocument[],
  schema: z.ZodType<T>,
): readonly T[] {
  return documents.flatMap(({ signed }) => {
    const document = schema.safeParse(JSON.parse(signed.document));
    return document.success && isOfPlatform(platform, document.data) ? [document.data] : [];
  });
}

/** The newest trust document as a process beside the server reads it. */
export async function newestTrustDocument(desk: Desk): Promise<TrustDocument | undefined> {
  const text = await readNewestSigned(desk, 'trust');
  const parsed = text === undefined ? undefined : trustDocument.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

/** The newest document of revocation lists as a process beside the server reads it. */
export async function newestRevocationDocument(desk: Desk): Promise<RevocationDocument | undefined> {
  const text = await readNewestSigned(desk, 'revocation');
  const parsed = text === undefined ? undefined : revocationDocument.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

function inForce(policies: readonly PolicyInForce[], nowMs: number): PolicyInForce {
  const newest = policies.filter(({ policy }) => policy.effectiveFromMs <= nowMs).at(-1);
  if (newest === undefined) throw new Error('accounts: a platform has a policy in force');
  return newest;
}

/** Counts the records among the leaves of the log, each once; a bundle at a time bounds what is in memory. */
function createRecordCount({ log }: Platform): () => number {
  let read = 0;
  let records = 0;
  return () => {
    for (let to = read; read < log.size(); read = to) {
      to = Math.min(read + tileWidth, log.size());
      const bundle = Buffer.from(log.readEntries(read, to)).toString('latin1');
      records += bundle.match(/"kind":"(?:device|staff|policy)"/gu)?.length ?? 0;
    }
    return records;
  };
}

/** The same trust as before while nothing of it has changed: what is judged by it at this moment stays good, and so does what it remembers. */
function trustOf(source: TrustSource, before: Trust | undefined, at: TrustPlace): Trust {
  return before !== undefined && isDeepStrictEqual(before.source, source) ? before : buildTrust(source, at);
}

async function readState(
  platform: Platform,
  countRecords: () => number,
  { before, live }: { readonly before?: State; readonly live: LiveAnswers | undefined },
): Promise<State> {
  const records = countRecords();
  const read = {
    device: await readDocuments(platform, 'device'),
    staff: await readDocuments(platform, 'staff'),
    policy: await readDocuments(platform, 'policy'),
    trust: await readDocuments(platform, 'trust'),
    revocation: await readDocuments(platform, 'revocation'),
    logKey: await readDocuments(platform, 'log-key'),
  };
  const { nowMs } = platform.surroundings;
  const policies = readPolicies(platform, read.policy.documents);
  const document = ofSchema(platform, read.trust.documents, trustDocument).at(-1);
  const revocations = ofSchema(platform, read.revocation.documents, revocationDocument);
  const listed = listedBy(revocations);
  const certificates = await readTrustCertificates(platform.database);
  const lists = await readRevocationLists(platform.database, listedHashes(listed));
  const { policy } = inForce(policies, nowMs());
  return {
    devices: readDevices(platform, read.device.documents),
    staff: readStaff(platform, read.staff.documents),
    policies,
    trust: trustOf({ document, policy, certificates, listed, lists }, before?.trust, { nowMs, live }),
    trustDocument: document,
    revocationDocument: revocations.at(-1),
    rejected: Math.max(0, records - Object.values(read).reduce((sum, { documents }) => sum + documents.length, 0)),
  };
}

/** Opens the registry of a platform whose first policy is in the log; `live` is what authorities say beyond it. */
export async function openRegistry(platform: Platform, live?: LiveAnswers): Promise<Registry> {
  const countRecords = createRecordCount(platform);
  // The size is asked before the documents: a leaf that comes meanwhile changes the next stamp.
  const readStamp = (): Promise<string> => readRegistryStamp(platform.database, platform.log.size());
  const { nowMs } = platform.surroundings;
  let stamp = await readStamp();
  let state = await readState(platform, countRecords, { live });
  const listeners: (() => void)[] = [];
  return {
    device: (device) => state.devices.get(device),
    devices: () => [...state.devices.values()],
    staff: (iin) => state.staff.get(iin),
    policy: () => inForce(state.policies, nowMs()),
    policyOf: (version) => state.policies.findLast(({ policy }) => policy.version === version)?.policy,
    trust: () => {
      const { policy } = inForce(state.policies, nowMs());
      const { source } = state.trust;
      if (policy.version !== source.policy.version)
        state = { ...state, trust: buildTrust({ ...source, policy }, { nowMs, live }) };
      return state.trust;
    },
    trustVersion: () => state.trustDocument?.version ?? 0,
    trustDocument: () => state.trustDocument,
    revocationDocument: () => state.revocationDocument,
    rejected: () => state.rejected,
    refresh: async () => {
      const now = await readStamp();
      if (now === stamp) return;
      state = await readState(platform, countRecords, { before: state, live });
      stamp = now;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
