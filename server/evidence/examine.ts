import type { AntivirusVersion, EvidenceDocument } from '../../core/evidence/index.ts';
import { antivirusBaseAgeDefaultMs } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { recordDocument } from '../accounts/index.ts';
import { insertBlob, moveUpload, type Row, type Session } from '../store/index.ts';
import type { AntivirusRefusal, Verdict } from './antivirus.ts';
import { incomingPath, type EvidenceContext } from './context.ts';
import { isMissing, removeFile } from './disk.ts';
import { RecordsMalformed, SealedPass, type PassHashes } from './sealed-pass.ts';
import {
  nameOfRow,
  openUploadSecret,
  sealBlobKey,
  subjectOf,
  type UploadName,
  type UploadSecret,
} from './upload-row.ts';

/** What became of one piece of evidence in quarantine. `waits` says why it has no verdict. */
export type Examined =
  | { readonly state: 'accepted' }
  | { readonly state: 'refused'; readonly refusal: 'evidence-infected' | 'evidence-hash-mismatch' }
  | { readonly state: 'receiving' }
  | { readonly state: 'quarantined'; readonly waits: AntivirusRefusal };

/** A base that calls itself this much younger than now is dated by a clock that nobody can rely on. */
const futureMaxMs = 86_400_000;

/** Engine and base, where their verdict would count under the policy in force. */
export async function freshVersion(context: EvidenceContext): Promise<Result<AntivirusVersion, AntivirusRefusal>> {
  const version = await context.antivirus.version();
  if (!version.ok) return version;
  const { policy } = context.registry.policy();
  const ageMaxMs = policy.evidence?.antivirusBaseAgeMaxMs ?? antivirusBaseAgeDefaultMs;
  const ageMs = context.platform.surroundings.nowMs() - version.value.baseAtMs;
  return ageMs > ageMaxMs || ageMs < -futureMaxMs ? refuse('antivirus-base-stale') : version;
}

type Judged = { readonly verdict: Verdict; readonly hashes: PassHashes };

/** Reads the sealed file once: to the antivirus, into the hash of the plaintext, and into the hash that names the blob. */
async function judge(
  { antivirus }: EvidenceContext,
  secret: UploadSecret,
  path: string,
): Promise<Result<Judged, AntivirusRefusal | 'evidence-records-malformed'>> {
  const pass = await SealedPass.open(path, secret.cipher, secret.descriptor.sizeBytes);
  try {
    const verdict = await antivirus.scan(pass.plain());
    if (!verdict.ok) return verdict;
    const hashes = await pass.finish();
    return hashes.ok ? ok({ verdict: verdict.value, hashes: hashes.value }) : hashes;
  } catch (error) {
    if (error instanceof RecordsMalformed) return refuse('evidence-records-malformed');
    throw error;
  } finally {
    await pass.close();
  }
}

type Finding = Judged & {
  readonly name: UploadName;
  readonly row: Row<'evidence_upload'>;
  readonly secret: UploadSecret;
  readonly version: AntivirusVersion;
};

/** Signs the document and puts its leaf beside the new state, in one transaction. */
async function record(context: EvidenceContext, finding: Finding): Promise<void> {
  const { platform, onStored } = context;
  const { identity, surroundings, subjectKeys } = platform;
  const { name, row, secret, version, verdict, hashes } = finding;
  const { descriptor } = secret;
  const { found } = verdict;
  const at = surroundings.nowMs();
  const subject = subjectOf(name);
  const document: EvidenceDocument = {
    form: 'qorgan.evidence/1',
    platform: identity.platform,
    profile: identity.profile,
    device: name.device,
    descriptor,
    blob: hashes.sealed,
    blobSizeBytes: hashes.sealedSizeBytes,
    keyId: subject,
    verdict: found === null ? 'clean' : 'infected',
    found,
    antivirus: version,
    receivedAtMs: row.created_at_ms,
    examinedAtMs: at,
  };
  const key = (await subjectKeys.known([subject])).get(subject);
  if (key === undefined) throw new Error('evidence: the key of an upload is stored before its row');
  const sealed = sealBlobKey(key, hashes.sealed, secret.key);
  const move =
    found === null
      ? { from: 'quarantined', to: 'accepted' }
      : { from: 'quarantined', to: 'refused', refusal: 'evidence-infected' };
  const beside = async (session: Session, leafId: string): Promise<void> => {
    if (!(await moveUpload(session, name, { ...move, leafId })))
      throw new Error('evidence: what is examined is in quarantine');
    await insertBlob(session, {
      leaf_id: leafId,
      blob: hashes.sealed,
      size_bytes: hashes.sealedSizeBytes,
      ...name,
      class: descriptor.class,
      case_id: descriptor.case,
      verdict: document.verdict,
      sealed,
      at_ms: at,
    });
  };
  const text = canonicalize(document as unknown as Json);
  await recordDocument(platform, { kind: 'evidence', subject, text }, beside);
  onStored();
}

/** A file that lost bytes on our disk: what is left is kept, and the device sends the rest again. */
async function sendBack(context: EvidenceContext, name: UploadName): Promise<Examined> {
  await moveUpload(context.platform.database, name, { from: 'quarantined', to: 'receiving' });
  return { state: 'receiving' };
}

/**
 * Gives one upload in quarantine its verdict. The blob and every folder above it are on the disk before the leaf is stored. Without a
 * verdict nothing changes. The base is asked for before and after: where it changed meanwhile, nobody knows which one judged.
 */
export async function examine(context: EvidenceContext, row: Row<'evidence_upload'>): Promise<Examined> {
  const { platform, folder, blobs } = context;
  const name = nameOfRow(row);
  const path = incomingPath(folder, name);
  const version = await freshVersion(context);
  if (!version.ok) return { state: 'quarantined', waits: version.refusal.code };
  const key = (await platform.subjectKeys.known([subjectOf(name)])).get(subjectOf(name));
  if (key === undefined) throw new Error('evidence: the key of an upload is stored before its row');
  const secret = openUploadSecret(key, row);
  const judged = await judge(context, secret, path).catch((error: unknown) => {
    if (isMissing(error)) return refuse('evidence-records-malformed');
    throw error;
  });
  if (!judged.ok) {
    const { code } = judged.refusal;
    return code === 'evidence-records-malformed' ? sendBack(context, name) : { state: 'quarantined', waits: code };
  }
  const { hashes, verdict } = judged.value;
  const after = await freshVersion(context);
  if (!after.ok) return { state: 'quarantined', waits: after.refusal.code };
  if (canonicalize(after.value as unknown as Json) !== canonicalize(version.value as unknown as Json))
    return { state: 'quarantined', waits: 'antivirus-unreachable' };
  if (hashes.plain !== name.sha256) {
    await moveUpload(platform.database, name, {
      from: 'quarantined',
      to: 'refused',
      refusal: 'evidence-hash-mismatch',
    });
    await removeFile(path);
    return { state: 'refused', refusal: 'evidence-hash-mismatch' };
  }
  const finding = { ...judged.value, name, row, secret, version: version.value };
  if (verdict.found !== null) {
    await record(context, finding);
    return { state: 'refused', refusal: 'evidence-infected' };
  }
  await blobs.put(path, hashes.sealed);
  await record(context, finding);
  // The blob has a name of its own now; this one is forgotten again by the next start if it comes back.
  await removeFile(path);
  return { state: 'accepted' };
}
