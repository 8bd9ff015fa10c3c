import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, refuse, type PlatformId, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, logOrigin } from '../../core/log/index.ts';
import { canonicalize, type Json, type Profile } from '../../core/signing/index.ts';
import { platformId as platformIdSchema, policyDocument } from '../../contracts/documents/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import { recordDocument } from '../accounts/index.ts';
import type { Desk, Identity } from '../platform/index.ts';
import { insertPlatform, openStore, readLoggedDocuments, readPlatform, type Store } from '../store/index.ts';
import { firstPolicy } from './first-policy.ts';
import { openTokenKeys, type TokenKeyPlace, type TokenKeys } from '../keys/index.ts';
import { ensureKeys, ensureTokenKey, logKeysOf, readKeys, signerOf, type PlatformKeys } from './key-folder.ts';
import { folders, makeDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';
import { openPlatformLog, type LogRefusal } from './open-log.ts';
import { ensureTlsIdentity } from './tls-identity.ts';

export type InitOptions = PlatformPlace & {
  readonly profile: Profile;
  readonly operatorName: string;
  /** As workstations reach it: `https://host:port`. */
  readonly url: string;
  /** Lower-case label; a random UUID where absent. */
  readonly platform?: string | undefined;
  /** Where the Ed25519 key of the log lies, or is to be made; a file where absent. */
  readonly logKeyToken?: TokenKeyPlace | undefined;
  /** Signed note of the last head of a lost log that outside witnesses vouch for; the first leaf names it. */
  readonly supersedes?: string | undefined;
  /** Changes to the parameters of policy v1. */
  readonly policy?:
    | Partial<Pick<PolicyDocument, 'access' | 'registration' | 'clock' | 'sync' | 'signatures'>>
    | undefined;
};

export type InitRefusal =
  | Exclude<OpenRefusal, 'platform-absent'>
  | 'platform-exists'
  | 'root-in-production'
  | LogRefusal
  | 'document-malformed';

/** What an administrator writes down after the first start; nothing of it is secret. */
export type InitReport = {
  readonly identity: Identity;
  readonly logKey: string;
  readonly logMlDsa44Key: string;
  readonly platformKey: string;
};

/** True where a production platform would run as root: a flaw in it would then own the machine. */
export function isRootInProduction(profile: Profile): boolean {
  return profile === 'production' && process.getuid?.() === 0;
}

async function stamp(
  store: Store,
  keys: PlatformKeys,
  options: InitOptions,
  platform: PlatformId,
): Promise<{ readonly identity: Identity; readonly createdAtMs: number } | undefined> {
  const { profile, operatorName, url, surroundings } = options;
  const known = await readPlatform(store.database);
  const logOriginText = logOrigin(profile, (known?.id ?? platform) as PlatformId);
  if (known !== undefined) {
    const isSame = known.profile === profile && known.operator_name === operatorName && known.url === url;
    const identity = { platform: known.id as PlatformId, profile, logOrigin: logOriginText, operatorName, url };
    return isSame ? { identity, createdAtMs: known.created_at_ms } : undefined;
  }
  const createdAtMs = surroundings.nowMs();
  await insertPlatform(store.database, {
    id: platform,
    profile,
    log_origin: logOriginText,
    operator_name: operatorName,
    url,
    document_key: Buffer.from(keys.documentKey.publicKey).toString('base64'),
    log_key: formatNoteKey(logKeysOf(keys.log, logOriginText).logKey),
    created_at_ms: createdAtMs,
  });
  return { identity: { platform, profile, logOrigin: logOriginText, operatorName, url }, createdAtMs };
}

/** The first two leaves: who the platform is, and by which policy it works. */
async function recordBeginning(
  desk: Desk,
  policy: PolicyDocument,
  { createdAtMs, supersedes }: { readonly createdAtMs: number; readonly supersedes: string | undefined },
): Promise<void> {
  const { identity, documentKey, logKey, logMlDsa44Key } = desk;
  const about = {
    form: 'qorgan.platform/1',
    platform: identity.platform,
    profile: identity.profile,
    operatorName: identity.operatorName,
    url: identity.url,
    log: { origin: identity.logOrigin, key: formatNoteKey(logKey), mlDsa44Key: formatNoteKey(logMlDsa44Key) },
    platformKey: Buffer.from(documentKey.publicKey).toString('base64'),
    createdAtMs,
    ...(supersedes === undefined ? {} : { supersedes }),
  };
  await recordDocument(desk, { kind: 'platform', subject: 'platform', text: canonicalize(about) });
  await recordDocument(desk, {
    kind: 'policy',
    subject: 'platform',
    version: 1,
    text: canonicalize(policy as unknown as Json),
  });
}

async function begin(
  options: InitOptions,
  store: Store,
  keys: PlatformKeys,
  platform: PlatformId,
): Promise<Result<InitReport, InitRefusal>> {
  const { directory, surroundings } = options;
  const stamped = await stamp(store, keys, options, platform);
  if (stamped === undefined || (await readLoggedDocuments(store.database, 'policy')).length > 0)
    return refuse('platform-exists');
  const { identity, createdAtMs } = stamped;
  const policy = { ...firstPolicy(identity, surroundings.nowMs()), ...options.policy };
  if (!policyDocument.safeParse(policy).success) return refuse('document-malformed');
  const desk = makeDesk({ identity, keys, store, surroundings });
  await recordBeginning(desk, policy, { createdAtMs, supersedes: options.supersedes });
  const log = await openPlatformLog(directory, { desk, store, signer: signerOf(keys.log, identity.logOrigin) });
  if (!log.ok) return log;
  while ((await log.value.sequence()) > 0);
  await log.value.close();
  return ok({
    identity,
    logKey: formatNoteKey(desk.logKey),
    logMlDsa44Key: formatNoteKey(desk.logMlDsa44Key),
    platformKey: Buffer.from(keys.documentKey.publicKey).toString('base64'),
  });
}

/**
 * Makes a platform in an empty folder: keys, listener certificate, database with its profile stamped in, policy v1, and
 * the first leaves of the log. Durable on return. An interrupted first start is taken up again; a finished one is
 * `platform-exists`.
 */
export async function initPlatform(options: InitOptions): Promise<Result<InitReport, InitRefusal>> {
  const tokens = openTokenKeys(options.startDeviceHost, options.logKeyPin);
  try {
    return await init(options, tokens);
  } finally {
    await tokens.close();
  }
}

async function init(options: InitOptions, tokens: TokenKeys): Promise<Result<InitReport, InitRefusal>> {
  const { directory, profile, url, surroundings, databaseUrl, passphrase, onStatement, logKeyToken } = options;
  if (isRootInProduction(profile)) return refuse('root-in-production');
  const platform = platformIdSchema.safeParse(options.platform ?? surroundings.uuid());
  if (!platform.success) return refuse('document-malformed');
  mkdirSync(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const keyFolder = join(directory, folders.keys);
  const named =
    logKeyToken === undefined ? ok(null) : await ensureTokenKey(keyFolder, passphrase, { place: logKeyToken, tokens });
  if (!named.ok) return named;
  ensureKeys(keyFolder, passphrase);
  ensureTlsIdentity(keyFolder, url, surroundings);
  const keys = readKeys(keyFolder, { passphrase, tokens });
  if (!keys.ok) return keys;
  const store = await openStore({
    folder: join(directory, folders.database),
    databaseUrl,
    nowMs: surroundings.nowMs(),
    onStatement,
  });
  if (!store.ok) return store;
  try {
    return await begin(options, store.value, keys.value, platform.data);
  } finally {
    await store.value.close();
  }
}
