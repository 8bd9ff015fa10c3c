import { hostEnvironment, realTimers, superviseHost } from '../../main/hosts/index.ts';
import { echoHost } from './echo-contract.ts';

/** Runs inside Electron's own Node, bundled: what main does with a host, from start to crash to restart. */
async function story(nodeFile: string, file: string): Promise<void> {
  const host = superviseHost({
    contract: echoHost,
    nodeFile,
    file,
    environment: hostEnvironment(process.env),
    configuration: () => ({ greeting: 'hello' }),
    timers: realTimers,
    jitter: () => 0,
    newIncidentId: () => 'incident',
    log: () => undefined,
  });
  const greeted = await host.call('greet', {});
  const bytes = await host.call('describe', { bytes: Buffer.from('1234') });
  const crashed = await host.call('crash', {});
  const again = await host.call('greet', {});
  await host.close();
  process.stdout.write(`${JSON.stringify({ node: process.versions.node, greeted, bytes, crashed, again })}\n`);
}

const [nodeFile = '', file = ''] = process.argv.slice(2);
void story(nodeFile, file);
