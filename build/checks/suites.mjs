// Runs one suite of tests by Vitest on the pinned Node and reads its counts.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { runKeeping } from '../commands.mjs';
import { inRoot, node24, root } from '../paths.mjs';

// What is quick and decides most comes first; then the long ones, so that none of them is left over for the end.
const first = ['architecture', 'golden', 'setup', 'unit'];
const long = ['server', 'gallery', 'journeys', 'faults', 'electron', 'attacks', 'cards', 'eds'];
const last = ['package'];
const order = [...first, ...long, ...last];
const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length - last.length - 0.5);

// They press keys in a window that must have the focus, hold a reader, or start the whole application and look at its speed.
const alone = new Set(['electron', 'gallery', 'cards', 'package']);

/** Whether a suite may not run beside another one of its kind. */
export const isAlone = (name) => alone.has(name);

const holdsTests = (name) =>
  readdirSync(inRoot('tests', name), { recursive: true }).some((file) => file.endsWith('.test.ts'));

/** The suite `unit` (tests beside the code) and one suite for each folder of tests. */
export function suiteNames() {
  const folders = readdirSync(inRoot('tests'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = ['unit', ...folders.map(({ name }) => name).filter(holdsTests)];
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

const skippedStates = ['pending', 'skipped', 'todo', 'disabled'];

/** Counts from Vitest's report. A file that could not even be loaded, or an error outside any test, is one failure. */
export function countsOf(report, exitCode) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: file.name })),
  );
  const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  for (const file of report.testResults) {
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      failed.push(`${file.name} (the file itself)`);
  }
  if (exitCode !== 0 && failed.length === 0) failed.push(`an error outside any test (exit code ${exitCode})`);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed,
    skipped: tests.filter(({ status }) => skippedStates.includes(status)).map(({ fullName }) => fullName),
  };
}

/** A suite that hangs is a failure, not an evening; the longest takes a fifth of it on two quiet cores. */
const suiteMostMs = 15 * 60_000;

/** Runs a suite; `output` is what it printed. */
export async function runSuite(name, environment) {
  const file = inRoot('.runtime', 'reports', `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...environment };
  const { exitCode, output } = await runKeeping(node24, args, { cwd: root, env, mostMs: suiteMostMs });
  try {
    return { ...countsOf(JSON.parse(readFileSync(file, 'utf8')), exitCode), output };
  } catch {
    const failed = [`the suite ${name} ended without a report (exit code ${exitCode})`];
    return { passed: 0, failed, skipped: [], output };
  }
}
