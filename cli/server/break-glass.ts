import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIin } from '../../core/kernel/index.ts';
import { words } from '../../locales/index.ts';
import { permissionsCsv } from '../../main/engine/index.ts';
import type { SeenSession } from '../../server/accounts/index.ts';
import type { EmergencyReading } from '../../server/boot/index.ts';
import { misuse, refused, timeText, type Answer, type Command, type Surroundings } from '../kit/index.ts';
import { administer, placeOptions } from './place.ts';

const files = ['first', 'second', 'code'] as const;

/** Writes a sheet where nothing stands; only its owner reads it until it is printed. */
function writeSheet(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx', flush: true });
}

/** `qorgan server break-glass create`: seals the emergency account anew and writes its two sheets and the secret of its codes, each into a file of its own. */
export const serverBreakGlassCreate: Command = {
  shape: {
    operands: [],
    options: {
      ...placeOptions,
      ...{ first: 'required', second: 'required', code: 'required' },
      ...{ iin: 'required', name: 'required' },
    },
  },
  run: (given, around) =>
    administer(given, around, async ({ sealBreakGlass, identity }) => {
      const { locale } = around;
      const paths = files.map((name) => given.required(name));
      const taken = paths.find((path, at) => existsSync(path) || paths.indexOf(path) !== at);
      if (taken !== undefined) return misuse(locale, 'cli.error.break-glass-file-taken', { file: taken });
      const made = await sealBreakGlass({ iin: given.required('iin'), name: given.required('name') });
      if (!made.ok) return refused(locale, made.refusal);
      const { sheets, otpauth } = made.value;
      const heading = words(locale, 'cli.break-glass.sheet', { operator: identity.operatorName });
      const advice = words(locale, 'cli.break-glass.advice');
      for (const [at, secret] of [...sheets, otpauth].entries())
        writeSheet(paths[at] ?? '', [heading, advice, '', secret]);
      return {
        exit: 0,
        facts: { files: paths },
        lines: [words(locale, 'cli.break-glass.created'), ...paths],
      };
    }),
};

async function asked({ askSecret, locale }: Surroundings, what: (typeof files)[number]): Promise<string> {
  const typed = await askSecret(words(locale, `cli.break-glass.${what}`));
  if (typed === undefined) return '';
  const text = Buffer.from(typed).toString('utf8').trim();
  typed.fill(0);
  return text;
}

/** A new folder of ours alone, or one where nothing is: what an attempt before this one left. */
function madeReady(folder: string): boolean {
  if (existsSync(folder)) return readdirSync(folder).length === 0;
  mkdirSync(folder, { mode: 0o700 });
  return true;
}

/** Writes what an auditor reads, each part a file that only its owner opens; answers their paths. */
function writeReading(folder: string, reading: EmergencyReading, locale: Surroundings['locale']): readonly string[] {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const { registry, devices, sessions, changes, waiting, policy, checkpoint } = reading;
  const parts = {
    'matrix.csv': permissionsCsv(policy, locale),
    'registry.json': json(registry),
    'devices.json': json(devices),
    'sessions.json': json(sessions),
    'changes.json': json(changes),
    'waiting.json': json(waiting),
    checkpoint,
  };
  return Object.entries(parts).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true });
    return path;
  });
}

/**
 * `qorgan server break-glass open`: opens the account once, shows the open sessions, ends those that are named, and writes what an auditor
 * reads into a new folder. It is in the log before anything is shown.
 */
export const serverBreakGlassOpen: Command = {
  shape: {
    operands: [],
    options: {
      ...placeOptions,
      iin: 'required',
      name: 'required',
      reason: 'required',
      folder: 'required',
      end: 'optional',
      'end-all': 'flag',
    },
  },
  run: (given, around) =>
    administer(given, around, async ({ openBreakGlass }) => {
      const { locale } = around;
      const wanted = given.option('end');
      const person = wanted === undefined ? undefined : parseIin(wanted);
      if (person?.ok === false) return refused(locale, person.refusal);
      const folder = given.required('folder');
      // Before anything is opened: a seal is not broken for a folder that cannot be written.
      if (!madeReady(folder)) return misuse(locale, 'cli.error.break-glass-folder-taken', { folder });
      const opened = await openBreakGlass({
        sheets: [await asked(around, 'first'), await asked(around, 'second')],
        code: await asked(around, 'code'),
        ...{ iin: given.required('iin'), name: given.required('name'), reason: given.required('reason') },
        end: given.has('end-all') ? 'all' : person?.value,
      });
      if (!opened.ok) return refused(locale, opened.refusal);
      const { sessions, reading } = opened.value;
      const seen = shown(around, sessions);
      if (!reading.ok) {
        const { lines, ...rest } = refused(locale, reading.refusal);
        return { ...rest, facts: { ...rest.facts, ...seen.facts }, lines: [...seen.lines, ...lines] };
      }
      const files = writeReading(folder, reading.value, locale);
      const [, size = ''] = reading.value.checkpoint.split('\n');
      const told = [words(locale, 'cli.break-glass.read', { size }), ...files];
      return {
        ...seen,
        facts: { ...seen.facts, files: [...files], treeSize: Number(size) },
        lines: [...told, ...seen.lines],
      };
    }),
};

function shown({ locale }: Surroundings, sessions: readonly SeenSession[]): Answer {
  const ended = sessions.filter(({ isEnded }) => isEnded).length;
  const facts = sessions.map(({ methods, ...rest }) => ({ ...rest, methods: [...methods] }));
  return {
    exit: 0,
    facts: { sessions: facts, ended },
    lines: [
      words(locale, 'cli.break-glass.opened', { count: sessions.length, ended }),
      ...sessions.map(({ iin, device, startedAtMs, lastSeenMs }) =>
        words(locale, 'cli.break-glass.session', {
          ...{ iin, device, started: timeText(startedAtMs), seen: timeText(lastSeenMs) },
        }),
      ),
      words(locale, 'cli.break-glass.seal-anew'),
    ],
  };
}
