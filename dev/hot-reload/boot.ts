import { existsSync } from 'node:fs';
import { startDisplay } from '../../build/display.mjs';
import { inRoot } from '../../build/paths.mjs';
import { prepareDemo } from '../demo/index.ts';
import { launchApplication, type DrivenApplication } from '../run/index.ts';
import { watchSource } from './watch.ts';

// `npm run dev`: the demo platform and the real application, renewed after each change of the source. A change of a page
// reloads the windows where they are; a change of main, a preload or a host starts the application again.

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function displayOf(): Promise<string> {
  const own = process.env['DISPLAY'] ?? '';
  if (own !== '') return own;
  if (!existsSync('/usr/bin/Xvfb')) throw new Error('there is no display and no Xvfb: run `npm run setup`');
  const { display } = await startDisplay();
  say(`  no display here: the application is drawn on ${display}`);
  return display;
}

async function reload(application: DrivenApplication): Promise<void> {
  for (const page of application.electron.windows()) await page.reload();
}

const world = await prepareDemo(inRoot('.data', 'demo'), (step) => {
  say(`  … ${step}`);
  return () => undefined;
});
const display = await displayOf();
const launch = (): Promise<DrivenApplication> =>
  launchApplication({ profileDirectory: world.workstation, display, onLog: (line) => void process.stderr.write(line) });

let application = await launch();
say('The application is open. Change a file, and it is renewed; Ctrl C ends it.');

const stop = watchSource(async (change) => {
  if (change === 'pages') await reload(application);
  else {
    await application.close().catch(() => undefined);
    application = await launch();
  }
  say(change === 'pages' ? '  the windows were reloaded' : '  the application was started again');
});

await new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
stop();
await application.close().catch(() => undefined);
await world.server.stop();
process.exit(0);
