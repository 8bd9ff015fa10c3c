// The platform server as a process with an antivirus that finds nothing and writes down the hash of every plaintext that it read:
// `evidence-server.ts <folder> <port> <file of hashes>`.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServerLog, realSurroundings, startServer } from '../../../server/boot/index.ts';
import { ok } from '../../../core/kernel/index.ts';

const [directory = '', port = '0', hashes = ''] = process.argv.slice(2);
/** One base for the whole life: a verdict counts only where it did not change meanwhile. */
const baseAtMs = Date.now();

const started = await startServer({
  directory,
  profile: 'demo',
  listen: { host: '127.0.0.1', port: Number(port) },
  log: createServerLog((line) => void (line.includes('"level":"error"') && process.stderr.write(line))),
  surroundings: realSurroundings,
  antivirus: {
    version: () => Promise.resolve(ok({ engine: 'test', baseVersion: '1', baseAtMs })),
    async scan(source) {
      const hash = createHash('sha256');
      for await (const part of source) hash.update(part);
      appendFileSync(hashes, `${hash.digest('hex')}\n`);
      return ok({ found: null });
    },
  },
});
if (!started.ok) {
  process.stderr.write(`${started.refusal.code}\n`);
  process.exit(1);
}
const { url, pin, close } = started.value;
process.stdout.write(`${JSON.stringify({ url, spki: pin.spki })}\n`);
process.on('SIGTERM', () => void close().then(() => process.exit(0)));
