import { ok, parseIin, refuse, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json, type SignedDocument, type StaffRecord } from '../../core/signing/index.ts';
import { staffRecord } from '../../contracts/documents/index.ts';
import { parseRevocationList } from '../../eds/index.ts';
import {
  admitCertificate,
  isListOfAny,
  makeActivationCode,
  makeEnrolmentCode,
  openBreakGlass,
  recordDocument,
  sealBreakGlass,
  trustDocument,
  trustedAuthorities,
  withList,
  type BreakGlassRefusal,
  type BreakGlassRequest,
  type Registry,
  type RevocationDocument,
  type SealedSheets,
  type SealRefusal,
  type SeenSession,
  type TrustDocument,
} from '../accounts/index.ts';
import type { Desk } from '../platform/index.ts';
import type { EmergencyLog } from './emergency.ts';
import type { EmergencyReading } from './emergency-reading.ts';
import { isFounded } from './founding.ts';
import { insertRevocationList, insertTrustCertificates, readTrustCertificates } from '../store/index.ts';

/** What an administrator brings of a person; platform and profile are the platform's own. */
export type NewStaff = Omit<StaffRecord, 'form' | 'platform' | 'profile'>;

export type AdministrationRefusal =
  | 'document-malformed'
  | 'demo-in-production'
  | 'revocation-list-foreign'
  | 'platform-founded'
  | 'log-behind';

/** Certificates to trust (DER), and, where a registry of authorities was asked, whose roles mean what. */
export type TrustImport = {
  readonly anchors: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  readonly roleMaps?: TrustDocument['roleMaps'];
};

/** What is done at the server itself, by whoever owns its folder. Later these acts are signed by two officers. */
export type Administration = {
  /** A one-time code for one new device, good for an hour. */
  readonly enrolCode: () => Promise<{ readonly code: string; readonly expiresAtMs: number }>;
  /** A one-time code by which this person sets his password, good for three days; refused `iin-malformed`. */
  readonly activationCode: (
    iin: string,
  ) => Promise<Result<{ readonly code: string; readonly expiresAtMs: number }, 'iin-malformed'>>;
  /** Grants, changes or (with no roles) blocks a person; counts once it resolves. `platform-founded` once only cards grant. */
  readonly addStaff: (staff: NewStaff) => Promise<Result<SignedDocument, AdministrationRefusal>>;
  /** Replaces the trusted certificates (DER). A production platform takes none that carries the demonstration policy. */
  readonly importAnchors: (certificates: TrustImport) => Promise<Result<null, AdministrationRefusal>>;
  /**
   * Adds a base revocation list (DER) that an authority of the trust document signed (else `revocation-list-foreign`). The newest
   * of each authority counts from the leaf that names it; an older one changes nothing. Sessions of certificates that it names end.
   */
  readonly importCrl: (der: Uint8Array) => Promise<Result<null, AdministrationRefusal>>;
  /** Seals the emergency account anew, by this person. */
  readonly sealBreakGlass: (by: {
    readonly iin: string;
    readonly name: string;
  }) => Promise<Result<SealedSheets, SealRefusal>>;
  /** Opens it once: its leaf is in the log before this answers. */
  readonly openBreakGlass: (request: BreakGlassRequest) => Promise<Result<OpenedBreakGlass, BreakGlassRefusal>>;
};

/** The sessions that were open, and what an auditor reads, from after those were ended; or why that is not to be had. */
export type OpenedBreakGlass = {
  readonly sessions: readonly SeenSession[];
  readonly reading: Result<EmergencyReading, 'log-unpublished' | 'log-files-differ'>;
};

/** What administration needs of the process it runs in. */
export type AdministrationContext = {
  readonly desk: Desk;
  /** Waits until everything recorded is in the log and counts; false where the log cannot grow. */
  readonly settle: () => Promise<boolean>;
  readonly emergency: EmergencyLog;
  readonly readTrust: () => Promise<TrustDocument | undefined>;
  readonly readRevocation: () => Promise<RevocationDocument | undefined>;
};

/** Records a trust document with its certificates; whole or not at all. */
async function recordTrust(
  desk: Desk,
  { anchors, intermediates, roleMaps }: TrustImport,
  versionBefore: number,
): Promise<Result<null, AdministrationRefusal>> {
  const { identity, surroundings } = desk;
  const admitted = [...anchors, ...intermediates].map((der) => admitCertificate(der, identity.profile));
  const refused = admitted.find((one) => !one.ok);
  if (refused?.ok === false) return refused;
  const hashes = admitted.flatMap((one) => (one.ok ? [one.value.sha256] : []));
  const kindOf = (i: number): string => (i < anchors.length ? 'anchor' : 'intermediate');
  const atMs = surroundings.nowMs();
  const rows = [...anchors, ...intermediates].map((der, i) => ({
    sha256: hashes[i] ?? '',
    kind: kindOf(i),
    der: Buffer.from(der),
    at_ms: atMs,
  }));
  const document = trustDocument.safeParse({
    form: 'qorgan.trust/1',
    platform: identity.platform,
    profile: identity.profile,
    version: versionBefore + 1,
    anchors: hashes.slice(0, anchors.length),
    intermediates: hashes.slice(anchors.length),
    ...(roleMaps === undefined ? {} : { roleMaps }),
  });
  if (!document.success) return refuse('document-malformed');
  const text = canonicalize(document.data as unknown as Json);
  await recordDocument(desk, { kind: 'trust', subject: 'platform', version: document.data.version, text }, (session) =>
    insertTrustCertificates(session, rows),
  );
  return ok(null);
}

/** Records a revocation list with the document that names it; whole or not at all. */
async function recordList(
  { desk, readTrust, readRevocation }: AdministrationContext,
  der: Uint8Array,
): Promise<Result<null, AdministrationRefusal>> {
  const { identity, database, surroundings } = desk;
  const list = parseRevocationList(der);
  if (!list.ok) return refuse('document-malformed');
  const authorities = trustedAuthorities(await readTrust(), await readTrustCertificates(database));
  if (!isListOfAny(list.value, authorities)) return refuse('revocation-list-foreign');
  const row = { sha256: list.value.sha256, der: Buffer.from(der), at_ms: surroundings.nowMs() };
  const document = withList({ before: await readRevocation(), list: list.value, platform: identity });
  if (document === undefined) {
    // The list that counts may have been lost from the database: it is brought again, and nothing new is said.
    await insertRevocationList(database, row);
    return ok(null);
  }
  const text = canonicalize(document);
  await recordDocument(desk, { kind: 'revocation', subject: 'platform', version: document.version, text }, (session) =>
    insertRevocationList(session, row),
  );
  return ok(null);
}

/** Opens administration over a desk. */
export function createAdministration(context: AdministrationContext): Administration {
  const { desk, settle, readTrust, emergency } = context;
  const account = { desk, settle, leaves: emergency.leaves };
  const { identity, keyring } = desk;
  const settled = async <T>(value: T): Promise<Result<T, AdministrationRefusal>> =>
    (await settle()) ? ok(value) : refuse('log-behind');

  return {
    enrolCode: () => makeEnrolmentCode(desk),
    sealBreakGlass: (by) => sealBreakGlass(account, by),
    openBreakGlass: async (request) => {
      const opened = await openBreakGlass(account, request);
      return opened.ok ? ok({ sessions: opened.value, reading: await emergency.read() }) : opened;
    },
    activationCode: async (text) => {
      const iin = parseIin(text);
      return iin.ok ? ok(await makeActivationCode(desk, iin.value)) : refuse('iin-malformed');
    },
    addStaff: async (staff) => {
      const record = staffRecord.safeParse({
        form: 'qorgan.staff/1',
        platform: identity.platform,
        profile: identity.profile,
        ...staff,
      });
      if (!record.success) return refuse('document-malformed');
      if (await isFounded(desk)) return refuse('platform-founded');
      const subject = `staff:${keyring.tag('staff', record.data.iin)}`;
      const text = canonicalize(record.data as unknown as Json);
      return settled(await recordDocument(desk, { kind: 'staff', subject, text }));
    },
    importAnchors: async (certificates) => {
      const recorded = await recordTrust(desk, certificates, (await readTrust())?.version ?? 0);
      return recorded.ok ? settled(null) : recorded;
    },
    importCrl: async (der) => {
      const recorded = await recordList(context, der);
      return recorded.ok ? settled(null) : recorded;
    },
  };
}

/** The newest documents of trust as the registry of this process has them. */
export function trustOfRegistry(registry: Registry): Pick<AdministrationContext, 'readTrust' | 'readRevocation'> {
  return {
    readTrust: async () => registry.trustDocument(),
    readRevocation: async () => registry.revocationDocument(),
  };
}
