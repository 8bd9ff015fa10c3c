import { join } from 'node:path';
import type { Logger } from 'pino';
import { reviewStanding } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import {
  forgetAttempts,
  forgetOld,
  openRegistry,
  readRotations,
  settle,
  type Registry,
  type ServerPin,
} from '../accounts/index.ts';
import { archiveFolder, forgetDestroyed, withArchive } from '../archive/index.ts';
import { startActChecker, type ActChecker } from '../checks/index.ts';
import {
  readMirrors,
  readServerPolicy,
  startCosigning,
  type AskedPolicy,
  type NamedMirror,
} from '../cosigning/index.ts';
import { noAntivirus, openEvidence, type Antivirus, type Evidence } from '../evidence/index.ts';
import { createApp, describeError, noProxies, type TrustedProxies } from '../http/index.ts';
import { openIntake, type Intake } from '../intake/index.ts';
import { SigningRefused, type TokenKeyRefusal } from '../keys/index.ts';
import { startSequencer, type Sequencer } from '../log/index.ts';
import type { Identity, Platform } from '../platform/index.ts';
import { hold, isHeld, releaseHold } from '../store/index.ts';
import { createAdministration, trustOfRegistry, type Administration } from './administration.ts';
import { ownEmergencyLog } from './emergency.ts';
import { followMirrors } from './follow-mirrors.ts';
import { createFounding, type Founding } from './founding.ts';
import { letHeapGrow } from './heap.ts';
import { isRootInProduction } from './init-platform.ts';
import { listenOn } from './listen.ts';
import { readLostLog } from './lost-log.ts';
import { folders, openDesk, type OpenDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';
import { openPlatformLog } from './open-log.ts';
import { replayAtStart } from './replay-at-start.ts';
import { finishRotation } from './rotate-log-key.ts';
import { readTlsIdentity } from './tls-identity.ts';
import { serverVersion } from './version.ts';
import { openWatch } from './watch-authorities.ts';
import { noteConflict } from './witness-conflict.ts';

export type StartOptions = PlatformPlace & {
  /** What the caller insists on; a platform of the other profile is refused. */
  readonly profile: Profile;
  /** Absent: all addresses, and the port of the platform's URL. Port 0 takes a free one, and the URL follows. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined;
  /** C2SP tlog-policy text: outside witnesses to be asked, each with its address. */
  readonly witnessPolicy?: string | undefined;
  /** Machines in front of the server that say who asks through them; absent: none, and the socket's own address counts. */
  readonly trustedProxies?: TrustedProxies | undefined;
  /** What examines evidence; absent: all of it stays in quarantine. */
  readonly antivirus?: Antivirus | undefined;
  readonly log: Logger;
};

export type StartRefusal =
  | OpenRefusal
  | 'witness-policy-malformed'
  | 'root-in-production'
  | 'server-running'
  | 'log-behind'
  | 'log-compromised'
  | TokenKeyRefusal
  | 'address-in-use'
  | 'authorities-malformed'
  | 'mirrors-malformed';

/** A server that answers. */
export type RunningServer = {
  readonly url: string;
  readonly identity: Identity;
  readonly pin: ServerPin;
  readonly administration: Administration;
  readonly founding: Founding;
  /** `read-only` where the database is behind the log: nothing is accepted. */
  readonly state: () => 'accepting' | 'read-only';
  readonly treeSize: () => number;
  /** Answers what was taken, sequences it, closes the database. */
  readonly close: () => Promise<void>;
};

/** Records made by another process (`qorgan server …`) count this soon: a block there is felt at the desk within two seconds. */
const refreshMs = 500;
/** Counters of failures are forgotten in time for the table to stay small. */
const sweepMs = 60_000;

type Parts = {
  readonly platform: Platform;
  readonly registry: Registry;
  readonly sequencer: Sequencer;
  readonly checker: ActChecker;
  readonly intake: Intake;
  readonly evidence: Evidence;
};

async function startParts(
  { directory, antivirus, log }: StartOptions,
  platform: Platform,
  registry: Registry,
): Promise<Parts> {
  const replay = await replayAtStart(platform, registry, log);
  const sequencer = startSequencer(platform.log, {
    onFailure: (error) => {
      if (error instanceof SigningRefused) log.error({ refusal: error.refusal }, 'the log is not signed: read-only');
      else log.error({ error: describeError(error) }, 'sequencer');
    },
    onStandstill: (gap) => log.error({ gap }, 'the log stands still, and nothing more is signed: read-only'),
  });
  const intake = openIntake(
    { platform, registry },
    {
      replay,
      onStored: sequencer.wake,
      onDiffers: (error) => log.error({ error: describeError(error) }, 'a row is not what the log holds: read-only'),
    },
  );
  const checker = startActChecker({
    registry,
    nowMs: platform.surroundings.nowMs,
    onLost: (error) =>
      log.error({ error: describeError(error) }, 'the thread that checks acts was lost; it starts anew'),
  });
  const evidence = await openEvidence(
    {
      platform,
      registry,
      folder: join(directory, folders.evidence),
      antivirus: antivirus ?? noAntivirus,
      onStored: sequencer.wake,
      onTrouble: (error) => log.error({ error: describeError(error) }, 'evidence'),
    },
    (online) => withArchive(online, { database: platform.database, folder: join(directory, archiveFolder) }),
  );
  return { platform, registry, sequencer, checker, intake, evidence };
}

/** At the start of a server and once a day the review of rights is spoken of, while it is due, and what is old is forgotten. */
const dayMs = 86_400_000;

/** Says in the server's log that people have to look at the rights of others, where it is time. */
function remindOfReview({ platform, registry }: Parts, log: Logger): void {
  const rights = registry.rights();
  if (rights === undefined) return;
  const review = reviewStanding(rights, registry.policy().policy.terms, platform.surroundings.nowMs());
  if (review.state === 'due' || review.state === 'overdue') log.warn({ review }, 'the review of rights is due');
}

type Following = { readonly stop: () => Promise<void>; readonly witnessConflicts: () => readonly string[] };

/** Keeps the registry up with records that other processes made, and asks outside witnesses; what they refuse stands in the server's log. */
function follow(parts: Parts, { addresses }: AskedPolicy, log: Logger): Following {
  const { platform, registry } = parts;
  const conflicts = new Set<string>();
  const trouble = (what: string) => (error: unknown) => log.error({ error: describeError(error) }, what);
  const daily = (): void => {
    remindOfReview(parts, log);
    forgetOld(platform).catch(trouble('old sessions'));
  };
  daily();
  const days = setInterval(daily, dayMs);
  const forget = forgetDestroyed(platform);
  const timer = setInterval(() => {
    registry.refresh().catch(trouble('registry'));
    parts.intake.receiveReleased().catch(trouble('what was let in waits'));
    forget().catch(trouble('destroyed keys'));
  }, refreshMs);
  const sweep = (): Promise<void> => forgetAttempts({ platform, registry }).catch(trouble('attempts'));
  const sweeping = setInterval(() => void sweep(), sweepMs);
  const cosigning = startCosigning({
    log: platform.log,
    addresses,
    rotations: () => readRotations(platform),
    nowMs: platform.surroundings.nowMs,
    onTrouble: (kind, witness, error) => {
      log.error({ trouble: kind, witness, ...(error === undefined ? {} : { error: describeError(error) }) }, 'witness');
      if (kind !== 'witness-conflict' || conflicts.size === conflicts.add(witness).size) return;
      noteConflict(platform, witness).catch(trouble('alarm'));
    },
  });
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    clearInterval(sweeping);
    clearInterval(days);
    await cosigning.stop();
  };
  return { stop, witnessConflicts: () => [...conflicts] };
}

type Opened = OpenDesk & { readonly asked: AskedPolicy; readonly mirrors: readonly NamedMirror[] };

/** The platform under the key that its log names, served; without it nothing is. */
async function serveCurrent(options: StartOptions, opened: Opened): Promise<Result<RunningServer, StartRefusal>> {
  const current = await finishRotation(options, opened);
  if (current.ok) return serve(options, { ...opened, ...current.value });
  await opened.store.close();
  return current;
}

async function serve(options: StartOptions, opened: Opened): Promise<Result<RunningServer, StartRefusal>> {
  const { directory, log, trustedProxies: proxies = noProxies } = options;
  const { desk, store, asked } = opened;
  const watch = openWatch(directory, desk.surroundings, log);
  if (!watch.ok) {
    await store.close();
    return watch;
  }
  const centralLog = await openPlatformLog(directory, opened, asked.policy);
  if (!centralLog.ok) {
    await store.close();
    return centralLog;
  }
  const { tls, pin } = readTlsIdentity(join(directory, folders.keys));
  // The address may only be known once the port is bound; bundles read it from here.
  const identity = { ...desk.identity };
  const platform: Platform = { ...desk, identity, log: centralLog.value, witnesses: asked.pinned };
  const registry = await openRegistry(platform, watch.value?.live);
  const { listsMissing } = registry.trust();
  if (listsMissing > 0) log.error({ listsMissing }, 'revocation lists that the log names and the database lacks');
  if (registry.rejected() > 0) log.error({ rejected: registry.rejected() }, 'records that are not what the log holds');
  const parts = await startParts(options, platform, registry);
  const mirrors = followMirrors(opened.mirrors, platform, log);
  const { stop: stopFollowing, witnessConflicts } = follow(parts, asked, log);
  const watched = { watching: () => watch.value?.health() ?? [], witnessConflicts, mirrors };
  const app = createApp({ ...parts, ...watched, proxies, pin, log, version: serverVersion }, tls);
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await watch.value?.stop();
    await mirrors.stop();
    await app.close();
    await parts.checker.close();
    await parts.intake.close();
    await parts.evidence.close();
    await stopFollowing();
    await parts.sequencer.stop();
    await centralLog.value.close();
    await store.close();
    releaseHold(holdFileOf(directory));
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  const url = await listenOn(app, { listen: options.listen, url: identity.url });
  if (!url.ok) {
    await close();
    return url;
  }
  Object.assign(identity, { url: url.value });
  const settleAll = (): Promise<boolean> => settle(platform, registry);
  const administration = createAdministration({
    ...{ desk: platform, settle: settleAll, ...trustOfRegistry(registry) },
    emergency: ownEmergencyLog(platform, registry, true),
  });
  const founding = createFounding({ desk: platform, registry, settle: settleAll });
  watch.value?.start({ trusted: () => registry.trust().authorities, importList: administration.importCrl });
  const state = (): 'accepting' | 'read-only' =>
    platform.log.gap() === undefined && registry.rejected() === 0 && parts.intake.isSound() ? 'accepting' : 'read-only';
  const treeSize = (): number => platform.log.size();
  return ok({ url: url.value, identity, pin, administration, founding, state, treeSize, close });
}

function holdFileOf(directory: string): string {
  return join(directory, 'server.json');
}

/**
 * Starts the platform server; it answers on return. A production platform neither runs as root nor opens a demonstration
 * (`profile-differs`). A database behind its log starts read-only and says so.
 */
export async function startServer(options: StartOptions): Promise<Result<RunningServer, StartRefusal>> {
  letHeapGrow();
  if (isRootInProduction(options.profile)) return refuse('root-in-production');
  if (readLostLog(options.directory) !== undefined) return refuse('log-compromised');
  const asked = readServerPolicy(options.witnessPolicy ?? 'quorum none\n');
  if (!asked.ok) return asked;
  const mirrors = readMirrors(options.directory);
  if (!mirrors.ok) return mirrors;
  const holdFile = holdFileOf(options.directory);
  if (isHeld(holdFile)) return refuse('server-running');
  const opened = await openDesk(options, options.profile);
  if (!opened.ok) return opened;
  hold(holdFile);
  try {
    const served = await serveCurrent(options, { ...opened.value, asked: asked.value, mirrors: mirrors.value });
    if (!served.ok) releaseHold(holdFile);
    return served;
  } catch (error) {
    releaseHold(holdFile);
    await opened.value.store.close();
    throw error;
  }
}
