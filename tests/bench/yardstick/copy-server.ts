import { open } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { readTlsIdentity } from '../../../server/boot/index.ts';

/** The plainest server that keeps a file: what arrives is written, flushed once at the end, and answered for. `copy-server.ts <keys> <folder>`. */
const [keys = '', folder = ''] = process.argv.slice(2);
const { tls } = readTlsIdentity(keys);
let count = 0;
const server = createServer({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' }, (request, response) => {
  const keep = async (): Promise<void> => {
    count += 1;
    const file = await open(join(folder, `copy-${count}`), 'wx');
    for await (const part of request) await file.write(part as Buffer);
    await file.sync();
    await file.close();
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
