// Everything that this product needs on a fresh Debian or Ubuntu with Node 20 and git. Idempotent: a second run only looks.
import { main, SetUpError } from './commands.mjs';
import { prepareDependencies } from './dependencies.mjs';
import { prepareRuntime } from './runtime/index.mjs';
import { prepareSystem } from './system-packages.mjs';

main(async () => {
  const startedAtMs = performance.now();
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetUpError(`The product runs on Linux x64; this is ${process.platform} ${process.arch}.`);
  }
  process.stderr.write('Set-up\n');
  // First what an ordinary user has to ask an administrator for, so that nobody waits a minute to hear it.
  await prepareSystem();
  await prepareDependencies();
  const electron = await prepareRuntime();
  const took = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  process.stderr.write(
    `  ready in ${took} s: Electron ${electron.version}${electron.isRelease ? '' : ' (development runtime)'}\n`,
  );
});
