import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFrontier, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { levels } from '../log/index.ts';
import { openBundles, type JudgedLeaf, type TableLeaf } from './bundles.ts';
import type { Report } from './finding.ts';
import { openToRead, type ReadFile } from './read-file.ts';
import { openBundleStarts, openUpperLevel, topOf } from './upper-tiles.ts';

/** The files of the log, read once from the first octet to the last beside the leaves of the tables. */
export type LogFiles = {
  /** The next leaves: 256 of them, or what the tree has left. `onLeaf` is told the root after each. */
  readonly take: (
    leaves: readonly TableLeaf[],
    onLeaf: (size: number, root: () => Uint8Array) => void,
  ) => readonly JudgedLeaf[];
  /** After the last leaf: what is left in the files. */
  readonly finish: () => void;
  readonly close: () => void;
};

const emptyFile: ReadFile = { size: 0, read: () => Buffer.alloc(0), close: () => undefined };
const upperNames = Array.from({ length: levels - 1 }, (_, i) => `tiles-${i + 1}`);
/** Published heads are compared apart; a draft is what a crash left before its rename. */
const known = new Set(['bundles', 'bundle-starts', ...upperNames, 'checkpoint', 'checkpoint.cosigned']);
const drafts = new Set(['checkpoint.new', 'checkpoint.cosigned.new']);

function reportStrangers(folder: string, report: Report): void {
  for (const name of readdirSync(folder)) {
    if (known.has(name)) continue;
    report({ place: 'log', key: name, is: drafts.has(name) ? 'unfinished' : 'added', expected: 'file' });
  }
}

export function openLogFiles(options: {
  readonly folder: string;
  readonly report: Report;
  readonly durable: number;
  readonly isLive: boolean;
}): LogFiles {
  const { folder, report, isLive } = options;
  if (!isLive) reportStrangers(folder, report);
  const opened: ReadFile[] = [];
  const open = (name: string): ReadFile => {
    const file = openToRead(join(folder, name));
    if (file === undefined) report({ place: `log/${name}`, key: '', is: 'missing', expected: 'file' });
    else opened.push(file);
    return file ?? emptyFile;
  };
  const bundles = openBundles({ ...options, file: open('bundles') });
  const starts = openBundleStarts({ file: open('bundle-starts'), name: 'bundle-starts', report, isLive });
  const upper = upperNames.map((name) => openUpperLevel({ file: open(name), name, report, isLive }));
  const frontier = createFrontier({ sha256 });
  return {
    take: (leaves, onLeaf) => {
      const { leaves: judged, block } = bundles.take(leaves);
      for (const { hash } of judged) {
        frontier.append(hash);
        onLeaf(frontier.size(), frontier.root);
      }
      if (leaves.length < tileWidth) return judged;
      starts.take(bundles.end());
      let top: Uint8Array | undefined = topOf(block);
      for (const level of upper) top = top === undefined ? undefined : level.take(top);
      return judged;
    },
    finish: () => {
      bundles.finish();
      starts.finish();
      for (const level of upper) level.finish();
    },
    close: () => {
      for (const one of opened) one.close();
    },
  };
}
