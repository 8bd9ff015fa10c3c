import { ok, refuse, type PlatformId, type Result, type Sha256, type VerifyEd25519 } from '../kernel/index.ts';
import { canonicalize, parseCanonical, verifyDocument, type Profile, type SignedDocument } from '../signing/index.ts';
import { isRecord } from './leaf.ts';

/** What the platform key says of a log whose key was stolen: believe nothing more of it. It only stops; it names no other log and no other key. */
export type LogCompromise = {
  readonly form: 'qorgan.log-compromise/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly origin: string;
  readonly atMs: number;
};

const compromiseSizeMax = 2_048;
const names = 'atMs,form,origin,platform,profile';

/** The canonical text of a statement: the `document` of a signed document. */
export function logCompromiseText(statement: LogCompromise): string {
  return canonicalize(statement);
}

/** Believes a statement about this log by the platform key (raw Ed25519) that was pinned at enrolment. */
export function openLogCompromise(options: {
  readonly document: SignedDocument;
  readonly about: Pick<LogCompromise, 'platform' | 'profile' | 'origin'>;
  readonly platformKey: Uint8Array;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}): Result<LogCompromise, 'log-compromise-invalid'> {
  const { document, about, platformKey: publicKey, sha256, verifyEd25519 } = options;
  const refused = refuse('log-compromise-invalid');
  const text = verifyDocument({ document, publicKey, sha256, verifyEd25519 });
  const json = text.ok ? parseCanonical(text.value, compromiseSizeMax) : text;
  if (!json.ok || !isRecord(json.value)) return refused;
  const { form, platform, profile, origin, atMs } = json.value;
  const isStatement =
    Object.keys(json.value).join(',') === names &&
    form === 'qorgan.log-compromise/1' &&
    typeof atMs === 'number' &&
    atMs >= 0;
  const isOfThisLog = platform === about.platform && profile === about.profile && origin === about.origin;
  return isStatement && isOfThisLog ? ok(json.value as unknown as LogCompromise) : refused;
}
