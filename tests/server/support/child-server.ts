import { createServerLog, realSurroundings, startServer } from '../../../server/boot/index.ts';

/** The server as a process of its own, so that a test can kill it: `child-server.ts <folder> [database url]`. */
const [directory = '', databaseUrl] = process.argv.slice(2);
const log = createServerLog((line) => {
  if (!line.includes('"msg":"request"')) process.stderr.write(line);
});
const started = await startServer({
  directory,
  databaseUrl,
  profile: 'demo',
  listen: { host: '127.0.0.1', port: 0 },
  log,
  surroundings: realSurroundings,
});
if (!started.ok) {
  process.stdout.write(`${JSON.stringify({ refused: started.refusal.code })}\n`);
  process.exitCode = 1;
} else {
  const { url, pin, close, state } = started.value;
  process.stdout.write(
    `${JSON.stringify({ url, spki: pin.spki, certificate: Buffer.from(pin.certificate).toString('base64'), state: state() })}\n`,
  );
  process.on('SIGTERM', () => {
    const { user, system } = process.cpuUsage();
    void close().then(() => {
      process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000 })}\n`);
      process.exit(0);
    });
  });
}
