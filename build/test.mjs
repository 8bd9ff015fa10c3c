// Everything that proves this product, and one last line that counts it all.
//   node build/test.mjs                      everything
//   node build/test.mjs --fast               types, lint, format and architecture
//   node build/test.mjs --only unit,faults   the named suites
import { existsSync } from 'node:fs';
import { checkFormat, checkLint } from './checks/lint.mjs';
import { runSuite, suiteNames } from './checks/suites.mjs';
import { checkTypes, typeProjects } from './checks/types.mjs';
import { main, run } from './commands.mjs';
import { startDisplay } from './display.mjs';
import { inRoot, node24, root } from './paths.mjs';

const fast = ['types', 'lint', 'architecture'];

function chosenSuites() {
  const words = process.argv.slice(2);
  if (words.includes('--fast')) return (name) => fast.includes(name);
  const only = words.indexOf('--only');
  const names = only < 0 ? undefined : (words[only + 1] ?? '').split(',');
  return (name) => names === undefined || names.includes(name);
}

async function asTest(name, check, totals) {
  const startedAtMs = performance.now();
  try {
    await check();
    totals.passed += 1;
    process.stdout.write(`  ✓ ${name} (${Math.round(performance.now() - startedAtMs)} ms)\n`);
  } catch (error) {
    totals.failed.push(name);
    process.stdout.write(`  ✗ ${name}\n${error.message}\n`);
  }
}

const bundle = () => run(node24, [inRoot('build', 'bundle.mjs')], { cwd: root });

const mayNeedDisplay = (name) => !['architecture', 'setup', 'golden', 'unit'].includes(name);

async function environmentOfSuites() {
  if (process.env.DISPLAY !== undefined || !existsSync('/usr/bin/Xvfb')) return {};
  const { display } = await startDisplay();
  // Leaving by a signal passes through `exit` too, so that the display goes with us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  return { DISPLAY: display };
}

function report({ passed, failed, skipped }) {
  if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.map((name) => `  - ${name}\n`).join('')}`);
  if (failed.length > 0) process.stdout.write(`\nFailed:\n${failed.map((name) => `  - ${name}\n`).join('')}`);
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  process.stdout.write(`\n${passed} passed, ${failed.length} failed${tail}\n`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
}

main(async () => {
  const isChosen = chosenSuites();
  const totals = { passed: 0, failed: [], skipped: [] };
  if (isChosen('types'))
    for (const project of typeProjects()) await asTest(project.name, () => checkTypes(project), totals);
  if (isChosen('lint')) {
    await asTest('lint of the whole tree', checkLint, totals);
    await asTest('format of the whole tree', checkFormat, totals);
  }
  const suites = suiteNames().filter(isChosen);
  if (suites.some((name) => name !== 'architecture'))
    await asTest('bundles of main, preloads and pages', bundle, totals);
  const environment = suites.some(mayNeedDisplay) ? await environmentOfSuites() : {};
  for (const name of suites) {
    process.stdout.write(`\nSuite ${name}\n`);
    const counts = await runSuite(name, environment);
    totals.passed += counts.passed;
    totals.failed.push(...counts.failed);
    totals.skipped.push(...counts.skipped);
  }
  report(totals);
});
