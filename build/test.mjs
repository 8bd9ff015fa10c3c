// Everything that proves this product, and one last line that counts it all.
//   node build/test.mjs                      everything
//   node build/test.mjs --fast               types, lint, format and architecture
//   node build/test.mjs --only unit,faults   the named suites
import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inLanes } from './checks/lanes.mjs';
import { checkFormat, checkLint } from './checks/lint.mjs';
import { isAlone, runSuite, suiteNames } from './checks/suites.mjs';
import { checkTypes, typeProjects } from './checks/types.mjs';
import { main, run } from './commands.mjs';
import { startDisplay } from './display.mjs';
import { compiledFolder, inRoot, node24, root } from './paths.mjs';

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
  return { DISPLAY: display };
}

/** Runs suites in two lanes where there are two cores; each prints as a whole when it ends. */
async function runSuites(names, totals) {
  const environment = names.some(mayNeedDisplay) ? await environmentOfSuites() : {};
  const work = async (name) => {
    const startedAtMs = performance.now();
    process.stdout.write(`\nSuite ${name} begins\n`);
    const { output, ...counts } = await runSuite(name, environment);
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stdout.write(`\nSuite ${name} (${seconds} s)\n${output}`);
    return counts;
  };
  const all = await inLanes(names, { lanes: Math.min(2, availableParallelism()), isAlone, work });
  for (const counts of all) {
    totals.passed += counts.passed;
    totals.failed.push(...counts.failed);
    totals.skipped.push(...counts.skipped);
  }
}

/** Sources change, so that what was compiled would only grow. */
function forgetCompiled() {
  try {
    rmSync(compiledFolder, { recursive: true, force: true });
  } catch {
    // Another run is filling it; what is left stays valid, since each part names the content that it was made from.
  }
}

function report({ passed, failed, skipped }) {
  if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.map((name) => `  - ${name}\n`).join('')}`);
  if (failed.length > 0) process.stdout.write(`\nFailed:\n${failed.map((name) => `  - ${name}\n`).join('')}`);
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  process.stdout.write(`\n${passed} passed, ${failed.length} failed${tail}\n`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
}

main(async () => {
  // Leaving by a signal passes through `exit` too, so that the display and the suites go with us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
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
  if (process.argv.length === 2) forgetCompiled();
  await runSuites(suites, totals);
  report(totals);
});
