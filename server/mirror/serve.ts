import type { RequestListener, ServerResponse } from 'node:http';
import { readTile } from '../log/index.ts';
import type { Mirror } from './open-mirror.ts';

const logPrefix = '/v1/log/';
const immutable = 'public, max-age=31536000, immutable';

type File = { readonly bytes: Uint8Array; readonly type: string; readonly cache: string };

/** A file of the log by its path below the prefix, as the platform serves it. */
function logFile(mirror: Mirror, path: string): File | undefined {
  const { checkpoints, readEntries, readHashes } = mirror.store();
  const published = checkpoints.latest();
  if (published === undefined) return undefined;
  if (path === 'checkpoint')
    return { bytes: Buffer.from(published.note), type: 'text/plain; charset=utf-8', cache: 'no-store' };
  const log = { checkpointSize: () => published.head.treeSize, readEntries, readHashes };
  const tile = path.startsWith('tile/') ? readTile(log, path.slice('tile/'.length)) : undefined;
  return tile === undefined ? undefined : { bytes: tile, type: 'application/octet-stream', cache: immutable };
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
      send(response, path.startsWith(logPrefix) ? logFile(mirror, path.slice(logPrefix.length)) : undefined, isHead);
    } catch (bug) {
      onBug(bug);
      response.writeHead(500, { 'content-length': 0 }).end();
    }
  };
}
