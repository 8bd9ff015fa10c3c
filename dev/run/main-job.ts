import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startDisplay } from '../../build/display.mjs';
import { canSandbox, electronRuntime } from '../../build/runtime/index.mjs';
import { fullName, member, prepareDemo, staff, type DemoWorld } from '../demo/index.ts';
import { launchApplication } from './application.ts';
import { Operator } from './operator.ts';
import { step, tellSteps } from './progress.ts';

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'out', 'main-job');
const reviewer = member('reviewer');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function runCli(words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [join(root, 'cli/boot/index.ts'), ...words, '--locale', 'en'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    child.on('close', (code) => settle({ code: code ?? 2, text }));
  });
}

/** One decision from the start of the shift to the receipt, on the real application. Answers the number of the case. */
async function playReviewer(operator: Operator, proof: string): Promise<string> {
  await step('start the shift: card, PIN and password in the sealed window', async () => {
    await operator.picture('1-start-of-shift');
    await operator.startShift(reviewer, '2-sealed-prompt-shift');
  });
  const number = await step('open the first case that needs somebody', async () => {
    await operator.rows.first().waitFor();
    const text = (await operator.rows.first().innerText()).match(/\d{5}/u)?.[0] ?? '';
    await operator.openCase(text);
    await operator.openTab('checks');
    await operator.picture('3-case');
    return text;
  });
  await step('claim it, signed by the card', () => operator.claim(reviewer, '4-sealed-prompt-claim'));
  await step('wait until the claim is in the central log', () => operator.inCentralLog());
  await step('approve it, signed by the card', () =>
    operator.approve('Құжаттар мен тексерулер дұрыс.', reviewer, '5-sealed-prompt-approve'),
  );
  await step('wait for the receipt of the central log', async () => {
    await operator.inCentralLog();
    await operator.picture('6-in-the-central-log');
  });
  await step('save the proof from the journal', async () => {
    await operator.go('journal');
    await operator.openEntry(operator.say('act-types.registration.approve'));
    await operator.picture('7-journal');
    await operator.saveProof(proof);
  });
  return number;
}

async function withoutDisplay(world: DemoWorld): Promise<number> {
  const proof = join(out, 'proof');
  const pictures = join(root, 'out', 'screenshots', 'main-job');
  for (const folder of [out, pictures]) rmSync(folder, { recursive: true, force: true });
  const { display, stop } = await step('start a virtual display', () => startDisplay({ width: 1_920, height: 1_080 }));
  try {
    const application = await step('launch the application', () =>
      launchApplication({ profileDirectory: world.workstation, display }),
    );
    try {
      await playReviewer(new Operator(application, { locale: 'kk', pictures }), proof);
    } finally {
      await application.close();
    }
  } finally {
    stop();
  }
  const receipt = readdirSync(proof).find((file) => file.endsWith('.tlog-proof')) ?? '';
  const stem = join(proof, receipt.replace(/\.tlog-proof$/u, ''));
  const words = [
    'receipt',
    'verify',
    `${stem}.tlog-proof`,
    '--act',
    `${stem}.act.json`,
    '--signature',
    `${stem}.p7s`,
    '--log-key',
    join(proof, 'log.vkey'),
  ];
  const verified = await step('verify the receipt as a stranger would', () => runCli(words));
  say('');
  say(verified.text.trim());
  say('');
  say(`Receipt:     ${stem}.tlog-proof`);
  say(
    `Screenshots: ${readdirSync(pictures)
      .map((file) => join(pictures, file))
      .join('\n             ')}`,
  );
  say(`Journal:     ${join(world.workstation, 'vault', 'journal.db')}`);
  say(`Check again: npx qorgan ${words.join(' ')}`);
  return verified.code;
}

async function withDisplay(world: DemoWorld): Promise<number> {
  const runtime = electronRuntime();
  if (runtime === undefined) throw new Error('there is no Electron yet: run `npm run setup`');
  say('');
  say(
    'The workstation opens now. First: choose the card, press "Start the shift", then enter PIN and password in the sealed window.',
  );
  for (const person of staff)
    say(`  ${fullName(person)} (${person.id}): PIN ${person.pin}, password ${person.password}`);
  say(`The cases are for the reviewer, ${fullName(reviewer)}. Close the window to end; nothing is lost.`);
  const sandbox = canSandbox() ? [] : ['--no-sandbox'];
  if (sandbox.length > 0)
    say("Chromium's sandbox does not work for this user on this machine: the demonstration runs without it.");
  const child = spawn(runtime.executable, [...sandbox, root, `--profile-directory=${world.workstation}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((settle) => child.on('close', (code) => settle(code ?? 0)));
}

const argument = '--directory=';
/** Another folder than the usual one, where two demonstrations run beside each other. */
const given = process.argv.find((word) => word.startsWith(argument))?.slice(argument.length);

const world = await prepareDemo(given === undefined ? join(root, '.data', 'demo') : resolve(given), tellSteps);
try {
  const hasDisplay = (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';
  process.exitCode = hasDisplay ? await withDisplay(world) : await withoutDisplay(world);
} finally {
  await world.server.stop();
}
