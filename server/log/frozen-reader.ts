import { rootOf, tileWidth } from '../../core/log/index.ts';
import { toBase64 } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { CentralLog } from './central-log.ts';
import type { FrozenLog } from './frozen-log.ts';
import { createLeafIndex } from './leaf-index.ts';
import { lengthSizeBytes } from './torn-files.ts';

function entryOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(lengthSizeBytes);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** What is published, read as its server reads its own log; of hashes only those of leaves. */
export function frozenReader({ size, readHash, readEntries }: FrozenLog): Pick<
  CentralLog,
  'size' | 'readEntries' | 'readHashes' | 'indexOf'
> & {
  readonly tree: Pick<CentralLog['tree'], 'rootAt'>;
} {
  const readHashes: CentralLog['readHashes'] = (level, index, count) => {
    if (level !== 0) throw new RangeError('what is published is read by its leaves');
    return Buffer.concat(Array.from({ length: count }, (_, i) => readHash(0, index + i)));
  };
  return {
    size: () => size,
    ...createLeafIndex({ size: () => size, readHashes }),
    tree: { rootAt: (at) => toBase64(rootOf({ sha256, readHash, size: at })) },
    readHashes,
    readEntries: (from, to) => {
      const parts: Buffer[] = [];
      for (let at = from; at < to;) {
        const end = Math.min(to, (Math.floor(at / tileWidth) + 1) * tileWidth);
        parts.push(...readEntries(at, end).map(entryOf));
        at = end;
      }
      return Buffer.concat(parts);
    },
  };
}
