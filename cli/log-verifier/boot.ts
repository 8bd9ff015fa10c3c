import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from './findings.ts';
import { verifyPackage, type PackageReport } from './verify.ts';
import { isVerifierLocale, say, type VerifierLocale } from './words.ts';

type Call = {
  readonly folder: string;
  readonly trust: string | undefined;
  readonly locale: VerifierLocale;
  readonly isJson: boolean;
};

const exits = { good: 0, bad: 1, 'cannot-tell': 2 } as const;

/** Reads `[--trust FOLDER] [--locale kk|ru|en] [--json] [PACKAGE]`; `undefined` for any other call. */
function readCall(given: readonly string[]): Call | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  let trust: string | undefined;
  let locale: VerifierLocale = 'ru';
  let isJson = false;
  const rest = [...given];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json') isJson = true;
    else if (word === '--trust') trust = rest.shift() ?? '';
    else if (word === '--locale') {
      const named = rest.shift() ?? '';
      if (!isVerifierLocale(named)) return undefined;
      locale = named;
    } else if (word.startsWith('-')) return undefined;
    else folder = resolve(word);
  }
  return trust === '' ? undefined : { folder, trust, locale, isJson };
}

/** Nothing that a terminal would obey: names of files may have been chosen by a stranger. */
const shown = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');

function findingLines(locale: VerifierLocale, findings: readonly Finding[], count: number): readonly string[] {
  const lines = findings.map(
    ({ code, file, detail }) =>
      `  ${shown(file)}: ${say(locale, `found.${code}`)}${detail === '' ? '' : ` (${shown(detail)})`}`,
  );
  return count > findings.length
    ? [...lines, `  ${say(locale, 'found.more', { count: count - findings.length })}`]
    : lines;
}

function countLines(locale: VerifierLocale, report: PackageReport): readonly string[] {
  const { manifest, range, context, files } = report;
  if (manifest === undefined || range === undefined || context === undefined) return [];
  const { from, to, size, operatorName, origin } = manifest;
  return [
    ...(manifest.isDemo ? [say(locale, 'demo')] : []),
    say(locale, 'of', { operator: shown(operatorName), origin: shown(origin) }),
    say(locale, 'range', { from, to, size }),
    say(locale, 'counts', {
      entries: range.entries,
      acts: range.acts,
      documents: range.documents,
      context: context.entries,
    }),
    say(locale, 'files', { files }),
    ...(report.media === undefined || report.media === 0 ? [] : [say(locale, 'media', { count: report.media })]),
    ...(range.destroyed === 0 ? [] : [say(locale, 'destroyed', { count: range.destroyed })]),
  ];
}

function witnessLine(locale: VerifierLocale, { witnessedSize, hasWitnessPolicy }: PackageReport): string {
  if (witnessedSize !== undefined) return say(locale, 'witnessed', { size: witnessedSize });
  return say(locale, hasWitnessPolicy ? 'not-witnessed' : 'witnesses-unknown');
}

function namedLines(locale: VerifierLocale, { missing, named }: PackageReport): readonly string[] {
  if (missing.length === 0 || named === undefined) return [];
  return [
    say(locale, 'named'),
    `  log.vkey: ${shown(named.logKey)}`,
    `  platform.key (SHA-256): ${named.platformKey}`,
    ...named.anchors.map((hash) => `  ${say(locale, 'named.anchor')}: ${hash}`),
  ];
}

function linesOf(locale: VerifierLocale, report: PackageReport): readonly string[] {
  const { verdict, findings, missing, judgesMlDsa } = report;
  return [
    say(locale, `verdict.${verdict}`),
    ...countLines(locale, report),
    witnessLine(locale, report),
    ...(judgesMlDsa ? [] : [say(locale, 'ml-dsa-unknown')]),
    ...(findings.foundCount() === 0 ? [] : [say(locale, 'found', { count: findings.foundCount() })]),
    ...findingLines(locale, findings.found, findings.foundCount()),
    ...(findings.doubtCount() === 0 ? [] : [say(locale, 'doubted', { count: findings.doubtCount() })]),
    ...findingLines(locale, findings.doubted, findings.doubtCount()),
    ...missing.map((what) => say(locale, `missing.${what}`)),
    ...namedLines(locale, report),
    say(locale, 'limits'),
    ...(report.manifest === undefined || report.manifest.from === 0 ? [] : [say(locale, 'limits.context')]),
  ];
}

function jsonOf({ findings, manifest, ...report }: PackageReport): string {
  const { found, doubted } = findings;
  return JSON.stringify({
    ...report,
    found,
    doubted,
    foundCount: findings.foundCount(),
    doubtCount: findings.doubtCount(),
    manifest: manifest ?? null,
  });
}

const call = readCall(process.argv.slice(2));
if (call === undefined) {
  process.stderr.write(`${say('ru', 'usage')}\n`);
  process.exitCode = 2;
} else {
  const { folder, trust, locale, isJson } = call;
  const report = await verifyPackage(folder, trust);
  process.stdout.write(
    isJson
      ? `${jsonOf(report)}\n`
      : linesOf(locale, report)
          .map((line) => `${line}\n`)
          .join(''),
  );
  process.exitCode = exits[report.verdict];
}
