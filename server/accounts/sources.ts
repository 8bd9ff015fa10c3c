import type { Desk } from '../platform/index.ts';
import { readActsAt, readPositions, type Row } from '../store/index.ts';
import type { LoggedRecord } from './founding.ts';

type Place = { readonly device: string; readonly epoch: string; readonly sequence: number };

/** What put a right into the registry: the place of an act in the chain of its device. */
export function sourceOfAct({ device, epoch, sequence }: Place): string {
  return `${device}/${epoch}/${sequence}`;
}

function placeOf(source: string): Place {
  const [device = '', epoch = '', sequence = ''] = source.split('/');
  return { device, epoch, sequence: Number(sequence) };
}

/** The acts among these sources. */
export async function readActsOfSources(platform: Desk, sources: readonly string[]): Promise<readonly Row<'act'>[]> {
  return readActsAt(platform.database, sources.filter((source) => source.includes('/')).map(placeOf));
}

/** The leaf that each source has in the log: of a record of the founding by its hash, of an act by its place. */
export async function leavesOfSources(
  platform: Desk,
  records: readonly LoggedRecord[],
  made: readonly { readonly source: string }[],
): Promise<ReadonlyMap<string, number>> {
  const leaves = new Map(records.map(({ hash, leafIndex }) => [hash, leafIndex]));
  const sources = [...new Set(made.map(({ source }) => source))].filter((source) => !leaves.has(source));
  const acts = await readActsOfSources(platform, sources);
  const positions = await readPositions(
    platform.database,
    acts.map((row) => row.leaf_id),
  );
  for (const row of acts) {
    const index = positions.get(row.leaf_id);
    if (index !== undefined) leaves.set(sourceOfAct(row), index);
  }
  return leaves;
}
