import { parentPort } from 'node:worker_threads';
import { assert } from '../../core/kernel/index.ts';
import { buildTrust, type Trust } from '../accounts/index.ts';
import { bytesOf, type Answered, type Told } from './messages.ts';
import { readActs } from './read-acts.ts';

function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => line.trimStart().startsWith('at ')).join('\n');
}

/** The body of the thread: reads one request after the other, in the order in which they came. */
function serve(): void {
  const port = parentPort;
  assert(port !== null, 'checks: runs in a worker thread');
  let current: { readonly version: number; readonly trust: Trust } | undefined;
  let nowMs = 0;

  function read(told: Extract<Told, { readonly kind: 'request' }>): Answered {
    const { id } = told;
    try {
      assert(current?.version === told.version, 'checks: a request is read by the trust that it names');
      nowMs = told.atMs;
      const { base, contentDigest } = told.proof;
      const proof = {
        base,
        contentDigest,
        publicKey: bytesOf(told.proof.publicKey),
        signature: bytesOf(told.proof.signature),
      };
      return { id, read: readActs(current.trust, { proof, body: bytesOf(told.body), atMs: told.atMs }) };
    } catch (error) {
      return { id, frames: framesOf(error) };
    }
  }

  port.on('message', (told: Told) => {
    if (told.kind === 'request') port.postMessage(read(told));
    else current = { version: told.version, trust: buildTrust(told.source, { nowMs: () => nowMs }) };
  });
}

serve();
