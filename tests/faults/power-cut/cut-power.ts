import { chanceFrom, DiskModel, writeImage } from './disk-model.ts';
import type { Operation } from './recording.ts';

/**
 * Plays a recorded run against a disk that promises no more than POSIX does, and cuts the power at `count` points of it. Each time
 * `judge` looks at what is left, knowing what had been told by then; what it finds wrong is answered. A disk that does not hear the
 * syncs of `deafTo` must do harm: there the first fault ends the search.
 */
export async function cutPower<Told>(options: {
  readonly what: string;
  readonly operations: readonly Operation[];
  /** The recorded process told there, a line of JSON a write, what it had answered so far. */
  readonly acknowledgements: string;
  readonly nothingTold: Told;
  readonly root: string;
  /** Folders of the process, the outermost first; all lie in that one. */
  readonly folders: readonly [string, ...string[]];
  /** Where what is left is laid out. */
  readonly image: string;
  readonly count: number;
  readonly seed: number;
  readonly deafTo?: string | undefined;
  readonly judge: (image: string, told: Told) => string | undefined | Promise<string | undefined>;
}): Promise<readonly string[]> {
  const { operations, acknowledgements, folders, image, count, seed, deafTo } = options;
  const chance = chanceFrom(seed);
  const first = operations.findIndex(({ path }) => path === acknowledgements) + 2;
  const points = new Set<number>();
  while (points.size < count) points.add(first + Math.floor(chance() * (operations.length - first)));
  const model = new DiskModel(...folders);
  const faults: string[] = [];
  let told = options.nothingTold;
  let cuts = 0;
  for (const [i, operation] of operations.entries()) {
    if (points.has(i)) {
      writeImage(model.cut(chance), { from: folders[0], to: image });
      const fault = await options.judge(image, told);
      cuts += 1;
      if (fault !== undefined) faults.push(`operation ${i} (${operation.op} ${operation.path}): ${fault}`);
      if (fault !== undefined && deafTo !== undefined) break;
    }
    if (operation.path === acknowledgements) {
      if (operation.op === 'W') told = JSON.parse(operation.data.toString('utf8')) as Told;
    } else if (operation.op !== 'S' || operation.path !== deafTo) model.perform(operation);
  }
  const deaf = deafTo === undefined ? '' : `, deaf to ${deafTo.slice(options.root.length + 1)}`;
  process.stdout.write(
    `power cut (${options.what}${deaf}): seed ${seed}, ${operations.length} operations, ${cuts} cuts, ${faults.length} faults\n`,
  );
  return faults;
}
