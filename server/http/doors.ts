import { ok, refuse, type DeviceId } from '../../core/kernel/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import { wireDocument } from '../../contracts/documents/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import {
  addressWaitSeconds,
  checkPosture,
  contact,
  countWrongCode,
  enrolDevice,
  exchangeCosignatures,
  makeChallenge,
  readerOfSession,
  readRotations,
  setPassword,
  signIn,
  signOut,
  standingAlarms,
  refusalAt,
  standingOf,
  type FactorClaim,
  type RegisteredDevice,
  type SessionPerson,
} from '../accounts/index.ts';
import { changesAfter, receiptsOf, scopesOf } from '../intake/index.ts';
import { readTile } from '../log/index.ts';
import { readLatestPosition, type Feed } from '../store/index.ts';
import { createAtOnce, type AtOnce } from './at-once.ts';
import { clientAddress } from './client-address.ts';
import type { ChangeStream } from './change-stream.ts';
import type { DoorContext } from './context.ts';
import { openDeviceDoors } from './device-doors.ts';
import { openEvidenceDoors } from './evidence-doors.ts';
import { noteReading } from './reading.ts';
import { openAccountDoor, openBlockedActsDoor, openPoliciesDoor, openRegistryDoor } from './registry-door.ts';
import { openRetentionDoor } from './retention-door.ts';
import type { Asked, Router } from './router.ts';
import { passwordOf, wipeBody } from './secrets.ts';
import { openSessionDoors } from './session-doors.ts';

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function openPublicDoors(
  { platform, registry, intake, watching, mirrors, version }: DoorContext,
  router: Router,
): void {
  const { identity, log, surroundings } = platform;
  router.open(endpoints.status, async () =>
    ok({
      platform: identity.platform,
      profile: identity.profile,
      operatorName: identity.operatorName,
      log: {
        origin: identity.logOrigin,
        size: log.checkpointSize(),
        keys: [platform.logKey, platform.logMlDsa44Key].map(formatNoteKey),
      },
      policyVersion: registry.policy().policy.version,
      serverTimeMs: surroundings.nowMs(),
      state:
        log.gap() === undefined && registry.rejected() === 0 && intake.isSound()
          ? ('accepting' as const)
          : ('read-only' as const),
      version,
      revocation: {
        ageMaxMs: registry.policy().policy.signatures.crlAgeMaxMs,
        lists: registry.trust().listed.map(({ authority, thisUpdateMs }) => ({ authority, thisUpdateMs })),
        services: watching().map((health) => ({ ...health })),
      },
      mirrors: mirrors.health().map((health) => ({ ...health })),
    }),
  );
  router.open(endpoints.policy, async () => {
    return ok({ policy: wireDocument(registry.policy().signed) });
  });
  router.open(endpoints.revocation, async () => {
    const { anchors, intermediates, lists } = registry.trust();
    return ok({ anchors: anchors.map(base64), intermediates: intermediates.map(base64), lists: lists.map(base64) });
  });
}

/** The public files of the log, and what is said of its keys. */
function openLogDoors({ platform }: DoorContext, router: Router): void {
  const { log } = platform;
  router.open(endpoints.checkpoint, async ({ reply }) => {
    await reply.type(endpoints.checkpoint.media).header('cache-control', 'no-store').send(log.checkpoint());
    return ok('sent');
  });
  router.open(endpoints.tile, async ({ request, reply }) => {
    const path = (request.params as { readonly '*': string })['*'];
    const tile = readTile(log, path);
    if (tile === undefined) return refuse('not-found');
    await reply
      .type(endpoints.tile.media)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(Buffer.from(tile));
    return ok('sent');
  });
  router.open(endpoints.logKeys, async () => {
    const rotations = await readRotations(platform);
    return ok({ rotations: rotations.map(({ document, proof }) => ({ document: wireDocument(document), proof })) });
  });
  // A server that still answers here has a log that nobody declared lost.
  router.open(endpoints.logCompromise, async () => ok({ statement: null }));
  router.open(endpoints.consistency, async ({ query: { from, to } }) => {
    if (from > to || to > Math.min(log.checkpointSize(), log.size())) return refuse('tree-size-unknown');
    return ok({ from, to, hashes: log.tree.consistency(from, to).map(base64) });
  });
}

function cardProofOf(
  device: RegisteredDevice,
  body: { readonly challenge: string; readonly cms: string },
  address: string,
) {
  const { challenge, cms } = body;
  return { device: device.record.device, address, challenge, cms: Buffer.from(cms, 'base64') };
}

function othersOf({ others = [] }: Asked<typeof endpoints.signIn>['body']): readonly FactorClaim[] {
  return others.map(({ method, proof }) => ({ method, proof: Buffer.from(proof, 'base64') }));
}

/** A workstation has one person before it; one that tries more at once shall not fill the line for passwords, which is of all. */
const passwordsAtOnceMax = 4;

function openAccountDoors(context: DoorContext, router: Router, stream: ChangeStream, atOnce: AtOnce): void {
  const { platform, registry } = context;
  router.open(endpoints.enrol, async ({ body, request }) => {
    const retryAfterSeconds = await addressWaitSeconds(context, clientAddress(request.raw, context.proxies));
    if (retryAfterSeconds > 0) return refuse('too-many-requests', { retryAfterSeconds });
    const bundle = await enrolDevice(context, body);
    if (!bundle.ok) await countWrongCode(context, clientAddress(request.raw, context.proxies));
    return bundle.ok ? ok({ bundle: wireDocument(bundle.value) }) : bundle;
  });
  router.open(endpoints.challenge, async ({ device }) =>
    ok({ challenge: await makeChallenge(platform, device.record.device) }),
  );
  router.open(endpoints.signIn, async ({ device, body, request }) => {
    const served = await checkPosture(context, device, 'read');
    if (!served.ok) return served;
    using password = passwordOf(body.password);
    wipeBody(request);
    const signed = await atOnce(device.record.device, () =>
      signIn(context, {
        ...cardProofOf(device, body, clientAddress(request.raw, context.proxies)),
        password,
        others: othersOf(body),
      }),
    );
    if (!signed.ok) return signed;
    const { token, expiresAtMs, iin, name, roles } = signed.value;
    return ok({
      token,
      expiresAtMs,
      staff: { iin, name, roles: [...roles] },
      policyVersion: registry.policy().policy.version,
    });
  });
  router.open(endpoints.password, async ({ device, body, request }) => {
    const served = await checkPosture(context, device, 'read');
    if (!served.ok) return served;
    using password = passwordOf(body.password);
    wipeBody(request);
    using before = body.proof.kind === 'password' ? passwordOf(body.proof.password) : undefined;
    const proof = body.proof.kind === 'password' ? { kind: body.proof.kind, password: before ?? password } : body.proof;
    const set = await atOnce(device.record.device, () =>
      setPassword(context, {
        ...cardProofOf(device, body, clientAddress(request.raw, context.proxies)),
        proof,
        password,
      }),
    );
    if (!set.ok) return set;
    for (const tokenHash of set.value) stream.end(tokenHash, 'session-signed-out');
    return ok(undefined);
  });
  router.open(endpoints.signOut, async ({ device, reader }) => {
    await signOut(platform, { device: device.record.device, tokenHash: reader.tokenHash });
    stream.end(reader.tokenHash);
    return ok(undefined);
  });
}

function openActDoors(context: DoorContext, router: Router): void {
  const { platform, registry, intake, checker, witnessConflicts } = context;
  const { log, surroundings } = platform;
  router.open(endpoints.contact, async ({ device, body }) => {
    if (log.gap() !== undefined) return refuse('server-read-only');
    const held = await contact(platform, device, body);
    if (!held.ok) return held;
    // A head that we never had is the sign of another log, or of a database that was put back: the checkpoint alone tells that.
    const isKnown = body.knownTreeSize <= log.checkpointSize();
    const consistency = isKnown ? log.tree.consistency(body.knownTreeSize, log.checkpointSize()).map(base64) : [];
    const changesPosition = await readLatestPosition(platform.database);
    const policyVersion = registry.policy().policy.version;
    const { actor } = body;
    // A record that is missing may be the one that lets him in, so that nobody is sent away by it.
    const mayTell = actor !== undefined && registry.rejected() === 0;
    const told = mayTell ? await refusalAt(context, { ...actor, device: device.record.device }) : null;
    return ok({
      held: held.value.held,
      statement: wireDocument(held.value.statement),
      witnessConflicts: [...witnessConflicts()],
      ...(actor === undefined ? {} : { actor: told }),
      serverTimeMs: surroundings.nowMs(),
      checkpoint: log.checkpoint(),
      consistency,
      policyVersion,
      changesPosition,
      standingAlarms: standingAlarms(registry.openings(), {
        ...{ rights: registry.rights(), lost: registry.openingsLost() },
      }),
      mirrors: context.mirrors.health().map((health) => ({ ...health })),
    });
  });
  router.open(endpoints.cosignatures, async ({ device, body }) =>
    log.gap() === undefined ? exchangeCosignatures(context, device, body) : refuse('server-read-only'),
  );
  router.openAside(endpoints.acts, checker.check, async ({ device, body }) => {
    if (registry.rejected() > 0) return refuse('server-read-only');
    const served = await checkPosture(context, device, 'act');
    if (!served.ok) return served;
    const results = await intake.submit(device, body);
    return results.ok ? ok({ results: results.value, serverTimeMs: surroundings.nowMs() }) : results;
  });
  router.open(endpoints.receipts, async ({ device, query }) => {
    if (log.gap() !== undefined) return refuse('server-read-only');
    return ok({ receipts: await receiptsOf(platform, device.record.device, query.ids) });
  });
}

function readableScopes(
  context: DoorContext,
  { reader }: { readonly reader: Asked<typeof endpoints.changes>['reader'] },
) {
  return scopesOf(context.registry.policy().policy.access, reader.roles);
}

/** Whether a person may go on reading: neither blocked, nor of roles that read nothing by the policy in force. */
function readerStanding(context: DoorContext, person: SessionPerson, device: DeviceId) {
  if (context.registry.device(device) === undefined) return refuse('session-ended');
  const standing = standingOf(context, person);
  if (!standing.ok) return standing;
  const scopes = scopesOf(context.registry.policy().policy.access, standing.value);
  return scopes.length > 0 ? ok(null) : refuse('read-not-allowed');
}

function openReadDoors(context: DoorContext, router: Router, stream: ChangeStream): void {
  const openFeed = (door: typeof endpoints.changes | typeof endpoints.accessChanges, feed: Feed): void =>
    router.open(door, async ({ device, reader, query }) => {
      // Whoever reads another scope alone is told that there is nothing, and goes on from the newest position.
      const mayReadFeed = readableScopes(context, { reader }).includes(feed);
      const answer = await changesAfter(context.platform, { ...query, feed, limit: mayReadFeed ? query.limit : 0 });
      if (answer.changes.length > 0) {
        const details = JSON.stringify({ after: query.after, count: answer.changes.length, to: answer.position });
        await noteReading(context.platform, {
          ...{ device: device.record.device, iin: reader.iin },
          ...{ door: feed === 'access' ? 'access-changes' : 'changes', details },
        });
      }
      return ok(answer);
    });
  openFeed(endpoints.changes, 'registration');
  openFeed(endpoints.accessChanges, 'access');
  router.open(endpoints.changesStream, async ({ device, reader, reply }) => {
    const key = { device: device.record.device, tokenHash: reader.tokenHash };
    const standing = () => readerStanding(context, reader.person, device.record.device);
    const mayListen = async () => {
      const now = await readerOfSession(context, key);
      return now.ok ? readerStanding(context, now.value.person, device.record.device) : now;
    };
    reply.hijack();
    if (!stream.add(reply.raw, { ...key, standing, mayListen })) reply.raw.writeHead(503, { 'retry-after': '5' }).end();
    return ok('sent');
  });
}

/** Opens every door of the table. */
export function openDoors(context: DoorContext, router: Router, stream: ChangeStream): void {
  openPublicDoors(context, router);
  openLogDoors(context, router);
  // Sign-in, change of password and step-up are one line.
  const atOnce = createAtOnce(passwordsAtOnceMax);
  openAccountDoors(context, router, stream, atOnce);
  openActDoors(context, router);
  openReadDoors(context, router, stream);
  openEvidenceDoors(context, router);
  openRetentionDoor(context, router);
  openRegistryDoor(context, router);
  openBlockedActsDoor(context, router);
  openAccountDoor(context, router);
  openPoliciesDoor(context, router);
  openSessionDoors(context, router, stream, atOnce);
  openDeviceDoors(context, router);
}
