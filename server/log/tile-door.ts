import { tileWidth, tileWidthAt } from '../../core/log/index.ts';
import type { CentralLog } from './central-log.ts';

const numberPattern = /^((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/u;

function parseTile(
  path: string,
): { readonly level: number | 'entries'; readonly index: number; readonly width: number } | undefined {
  const slash = path.indexOf('/');
  const levelText = path.slice(0, slash);
  const match = numberPattern.exec(path.slice(slash + 1));
  const isLevel = levelText === 'entries' || /^(?:0|[1-9][0-9]?)$/u.test(levelText);
  if (slash < 0 || match === null || !isLevel) return undefined;
  const index = Number((match[1] ?? '').replaceAll(/x|\//gu, ''));
  const width = match[2] === undefined ? tileWidth : Number(match[2]);
  if (!Number.isSafeInteger(index) || width > tileWidth) return undefined;
  return { level: levelText === 'entries' ? 'entries' : Number(levelText), index, width };
}

/**
 * The bytes of a tile by its C2SP path below `tile/`; `undefined` where the published tree has no such tile. Public: a
 * leaf carries no personal data.
 */
export function readTile(
  log: Pick<CentralLog, 'checkpointSize' | 'readEntries' | 'readHashes'>,
  path: string,
): Uint8Array | undefined {
  const tile = parseTile(path);
  if (tile === undefined) return undefined;
  const { level, index, width } = tile;
  const held = tileWidthAt({ level: level === 'entries' ? 0 : level, index, size: log.checkpointSize() });
  if (width > held) return undefined;
  const from = index * tileWidth;
  return level === 'entries' ? log.readEntries(from, from + width) : log.readHashes(level, from, width);
}
