import { alarmsOf, type LoggedOpening, type RegistryState } from '../../core/access/index.ts';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { leafHash } from '../../core/log/index.ts';
import { breakGlassDocument } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import { bundleTexts } from '../log/index.ts';
import type { Identity, LogReader } from '../platform/index.ts';
import type { LoggedDocument } from './documents.ts';

/** The name of a leaf: its RFC 6962 hash. */
export function leafName(leaf: string): Sha256Hex {
  return toHex(leafHash(sha256, leaf)) as Sha256Hex;
}

/** Leaves read at once while the log is gone through. */
const pageMax = 1_000;

/** Places of all leaves of the emergency account in a log, by their names: seals and openings. */
export function emergencyLeaves({
  size,
  readEntries,
}: Pick<LogReader, 'size' | 'readEntries'>): ReadonlyMap<Sha256Hex, number> {
  const leaves = new Map<Sha256Hex, number>();
  for (let from = 0; from < size(); from += pageMax) {
    let place = from;
    for (const text of bundleTexts(readEntries(from, Math.min(from + pageMax, size())))) {
      if (text.includes('"kind":"break-glass"')) leaves.set(leafName(text), place);
      place += 1;
    }
  }
  return leaves;
}

/** Openings of the emergency account among documents of the log. */
export function openingsOf(identity: Identity, documents: readonly LoggedDocument[]): readonly LoggedOpening[] {
  return documents.flatMap(({ signed, leafIndex, opening }) => {
    const record = breakGlassDocument.safeParse(JSON.parse(signed.document));
    if (!record.success || record.data.platform !== identity.platform || record.data.profile !== identity.profile)
      return [];
    return [{ leaf: leafName(opening.leaf), leafIndex, record: record.data }];
  });
}

/** How many alarms stand: of openings that two people have not closed, and of every leaf whose record is gone. Before the founding nobody closes any. */
export function standingAlarms(
  openings: readonly LoggedOpening[],
  { rights, lost }: { readonly rights: RegistryState | undefined; readonly lost: number },
): number {
  return lost + openings.filter(({ leaf }) => (rights?.alarms.get(leaf)?.end ?? null) === null).length;
}

/** Rights with the alarm of each opening: it stands by the log, whatever a batch that is being taken in knew of it. */
export function withAlarms(rights: RegistryState, openings: readonly LoggedOpening[]): RegistryState {
  return { ...rights, alarms: alarmsOf(openings, rights.alarms) };
}
