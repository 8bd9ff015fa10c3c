import type { AccessChange, PolicyDocument } from '../../core/access/index.ts';
import type { CaseId, Iin } from '../../core/kernel/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import type { Change, DevicesView, RegistryView } from '../../contracts/http/index.ts';
import { changesLimitMax } from '../../contracts/http/index.ts';
import { listSessions, viewDevices, viewRegistry, type OpenSession, type Registry } from '../accounts/index.ts';
import { changesAfter } from '../intake/index.ts';
import type { ReadPlatform } from '../platform/index.ts';

/** A change that waits for its second signature. */
export type WaitingChange = {
  readonly case: CaseId;
  readonly author: Iin;
  readonly change: AccessChange;
  readonly reason: string;
  readonly basis: string;
};

/** What whoever opened the emergency account reads: what the doors tell an auditor, by the same functions. */
export type EmergencyReading = {
  readonly registry: RegistryView;
  readonly devices: DevicesView['devices'];
  readonly sessions: readonly OpenSession[];
  /** The feed of changed rights: each act with the bytes that were signed. */
  readonly changes: readonly Change[];
  readonly waiting: readonly WaitingChange[];
  readonly policy: PolicyDocument;
  /** Where the log stands: a signed note. */
  readonly checkpoint: string;
};

/** Changes of rights: what some hundred people come to in decades, and some pages of them at a time. */
const pagesMax = 10_000;

async function readChanges(platform: ReadPlatform): Promise<readonly Change[]> {
  const all: Change[] = [];
  let after = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    const { changes, latest } = await changesAfter(platform, { after, limit: changesLimitMax, feed: 'access' });
    all.push(...changes);
    after = changes.at(-1)?.position ?? latest;
    if (after >= latest) return all;
  }
  throw new Error('emergency: the feed of changed rights ends');
}

/** The changes of a feed that nobody has confirmed, declined or withdrawn. */
function waitingAmong(changes: readonly Change[]): readonly WaitingChange[] {
  const open = new Map<CaseId, WaitingChange>();
  for (const { case: id, envelope: text } of changes) {
    const envelope = parseActEnvelope(text);
    if (!envelope.ok) continue;
    const { type, payload, actor } = envelope.value;
    if (type === 'access.propose') open.set(id, { case: id, author: actor.iin, ...payload });
    else open.delete(id);
  }
  return [...open.values()];
}

/** Reads all of it from a platform whose registry holds the rights of the log. */
export async function readEmergency(
  context: { readonly platform: ReadPlatform; readonly registry: Registry },
  checkpoint: string,
): Promise<EmergencyReading> {
  const changes = await readChanges(context.platform);
  return {
    registry: await viewRegistry(context),
    devices: await viewDevices(context),
    sessions: await listSessions(context, { whose: undefined, tokenHash: undefined }),
    ...{ changes, waiting: waitingAmong(changes), policy: context.registry.policy().policy, checkpoint },
  };
}
