import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readTlsIdentity } from '../../../server/boot/index.ts';

/** What arrives while one part is written is written by the next call, up to this much. */
const bufferBytes = 1_048_576;

/** The plainest server that keeps a file: what arrives is written, flushed once at the end, and answered for. `copy-server.ts <keys> <folder>`. */
const [keys = '', folder = ''] = process.argv.slice(2);
const { tls } = readTlsIdentity(keys);
let count = 0;
const server = createServer({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' }, (request, response) => {
  const keep = async (): Promise<void> => {
    count += 1;
    const file = createWriteStream(join(folder, `copy-${count}`), {
      flags: 'wx',
      flush: true,
      highWaterMark: bufferBytes,
    });
    await pipeline(request, file);
    const names = await open(folder, 'r');
    await names.sync();
    await names.close();
    response.writeHead(200).end();
  };
  keep().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
});
// Its client waits longer between two copies than a server would.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
