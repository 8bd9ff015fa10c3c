import { formatOpening, formatProof, type Opening } from '../../core/log/index.ts';
import type { CentralLog } from './central-log.ts';

/** The receipt (C2SP tlog-proof text) of a leaf, or `undefined` where the published tree does not hold it yet. */
export function makeReceipt(
  log: Pick<CentralLog, 'checkpoint' | 'checkpointSize' | 'tree'>,
  leafIndex: number,
  opening: Opening,
): string | undefined {
  const size = log.checkpointSize();
  if (leafIndex >= size) return undefined;
  return formatProof({
    extra: formatOpening(opening),
    index: leafIndex,
    path: log.tree.inclusion(leafIndex, size),
    checkpoint: log.checkpoint(),
  });
}
