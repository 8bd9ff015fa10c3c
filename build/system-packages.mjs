// The distribution's packages that this product needs on Debian or Ubuntu; each with its reason in system-packages.json.
import { readFileSync } from 'node:fs';
import { outputOf, run, SetUpError, step } from './commands.mjs';
import { inRoot } from './paths.mjs';

const listed = () => JSON.parse(readFileSync(inRoot('build', 'system-packages.json'), 'utf8'));

function installedNames() {
  const lines = outputOf('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\n']).split('\n');
  return new Set(lines.filter((line) => line.startsWith('ii')).map((line) => line.slice(2).trim()));
}

/** Packages of a purpose that are missing, as lists of alternative names. */
export function missingPackages(purpose) {
  const installed = installedNames();
  if (installed.size === 0) return undefined;
  return listed()
    [purpose].map(({ names }) => names)
    .filter((names) => !names.some((name) => installed.has(name)));
}

const isOffered = (name) => /Candidate: (?!\(none\))/u.test(outputOf('apt-cache', ['policy', name]));
// On a machine that never read the lists of its distribution nothing is offered: then the oldest name, which newer ones provide.
const chosen = (missing) => missing.map((names) => names.find(isOffered) ?? names.at(-1));

async function install(missing) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await step('read the lists of the distribution', '', () => run('apt-get', ['update', '-q'], options));
  const names = chosen(missing);
  await step(`install ${names.join(', ')}`, 'a few minutes at most', () =>
    run(
      'apt-get',
      ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-q', '--no-install-recommends', ...names],
      options,
    ),
  );
}

/** Installs what is missing when this is root; otherwise says in one sentence what to type. */
export async function prepareSystem() {
  const forStart = missingPackages('start');
  if (forStart === undefined) {
    process.stderr.write(
      '  ! This is not Debian or Ubuntu: see build/system-packages.json for what has to be there.\n',
    );
    return;
  }
  const missing = [...forStart, ...missingPackages('test')];
  if (missing.length === 0) return;
  if (process.getuid() === 0) return install(missing);
  const sentence = `Please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${chosen(missing).join(' ')}`;
  if (forStart.length > 0) throw new SetUpError(`The product needs packages of the distribution. ${sentence}`);
  process.stderr.write(`  ! Some tests will be skipped without packages of the distribution. ${sentence}\n`);
}
