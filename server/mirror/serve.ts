import type { RequestListener, ServerResponse } from 'node:http';
import { mirrorDoors } from '../../contracts/http/index.ts';
import { readTile } from '../log/index.ts';
import type { Mirror } from './open-mirror.ts';

const { checkpoint, tile } = mirrorDoors;
const tilePrefix = tile.path.slice(0, -1);
const immutable = 'public, max-age=31536000, immutable';

type File = { readonly bytes: Uint8Array; readonly type: string; readonly cache: string };

/** What stands behind a door of the table; nothing behind any other path. */
function logFile(mirror: Mirror, path: string): File | undefined {
  const { checkpoints, readEntries, readHashes } = mirror.store();
  const published = checkpoints.latest();
  if (published === undefined) return undefined;
  if (path === checkpoint.path)
    return { bytes: Buffer.from(published.note), type: checkpoint.media, cache: 'no-store' };
  const log = { checkpointSize: () => published.head.treeSize, readEntries, readHashes };
  const bytes = path.startsWith(tilePrefix) ? readTile(log, path.slice(tilePrefix.length)) : undefined;
  return bytes === undefined ? undefined : { bytes, type: tile.media, cache: immutable };
}

function send(response: ServerResponse, file: File | undefined, isHead: boolean): void {
  if (file === undefined) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  const { bytes, type, cache } = file;
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length, 'cache-control': cache });
  response.end(isHead ? undefined : bytes);
}

/**
 * Answers as the platform does, from what the mirror holds: the paths of the log up to the mirror's own checkpoint. Blobs are kept and
 * not served: whoever needs them has the folder.
 */
export function mirrorListener(mirror: Mirror, onBug: (bug: unknown) => void): RequestListener {
  return (request, response) => {
    const isHead = request.method === 'HEAD';
    if (!isHead && request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end();
      return;
    }
    const path = request.url ?? '';
    try {
      send(response, logFile(mirror, path), isHead);
    } catch (bug) {
      onBug(bug);
      response.writeHead(500, { 'content-length': 0 }).end();
    }
  };
}
