import { randomUUID } from 'node:crypto';
import type { AccessChange, BlockedAct } from '../../../core/access/index.ts';
import type { ActItem } from '../../../contracts/http/index.ts';
import type { JournalEpoch } from '../../../core/kernel/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import type { TestPerson } from './people.ts';
import { must } from './platform.ts';
import { actOn, confirm, newChange, propose, registryOf, text, tokenOf, type FoundedPlatform } from './founded.ts';
import { enrolled, type Workstation } from './workstation.ts';

/** A second workstation, which two cards admit. */
export async function admittedWorkstation({ server, desk, officer, manager }: FoundedPlatform): Promise<Workstation> {
  const workstation = await enrolled(server);
  const [waiting] = (await registryOf(desk, await tokenOf(desk, officer))).waiting;
  if (waiting === undefined) throw new Error('a device waits');
  const { leafIndex: _place, ...grant } = waiting;
  const record = { ...grant, location: 'Алматы', custodian: officer.iin, standing: 'active' } as const;
  const { view } = await propose(desk, officer, { kind: 'device', before: null, record });
  const outcome = await actOn(desk, manager, view, confirm);
  if (outcome !== 'accepted') throw new Error(outcome);
  return workstation;
}

/** One card blocks a person. */
export function blockByCard({ desk, officer }: FoundedPlatform, { iin, name }: TestPerson): Promise<string> {
  return actOn(desk, officer, newChange(), { type: 'access.block', payload: { iin, name, ...text } });
}

/** An act as a release names it. */
export function namedBy(item: ActItem): BlockedAct {
  const { id, device, epoch, sequence, type, claimedAtMs } = must(parseActEnvelope(item.envelope));
  return { id, device, epoch, sequence, type, claimedAtMs, hash: sha256Hex(item.envelope) };
}

/** The change by which two people let in what a blocked person sent. */
export function releaseOf({ iin, name }: TestPerson, items: readonly ActItem[], other: Partial<BlockedAct> = {}) {
  const acts = items.map((item) => ({ ...namedBy(item), ...other }));
  return { kind: 'release', iin, name, epoch: randomUUID() as JournalEpoch, acts } as const satisfies AccessChange;
}
