import { existsSync, writeFileSync } from 'node:fs';
import { parseIin } from '../../core/kernel/index.ts';
import { words } from '../../locales/index.ts';
import type { SeenSession } from '../../server/accounts/index.ts';
import { misuse, refused, timeText, type Answer, type Command, type Surroundings } from '../kit/index.ts';
import { administer, placeOptions } from './place.ts';

const files = ['first', 'second', 'code'] as const;

/** Writes a sheet where nothing stands; only its owner reads it until it is printed. */
function writeSheet(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx', flush: true });
}

/** `qorgan server break-glass create`: seals the emergency account anew and writes its two sheets and the secret of its codes, each into a file of its own. */
export const serverBreakGlassCreate: Command = {
  shape: { operands: [], options: { ...placeOptions, first: 'required', second: 'required', code: 'required' } },
  run: (given, around) =>
    administer(given, around, async ({ sealBreakGlass, identity }) => {
      const { locale } = around;
      const paths = files.map((name) => given.required(name));
      const taken = paths.find((path, at) => existsSync(path) || paths.indexOf(path) !== at);
      if (taken !== undefined) return misuse(locale, 'cli.error.break-glass-file-taken', { file: taken });
      const made = await sealBreakGlass();
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

/** `qorgan server break-glass open`: opens the account once, shows the open sessions, and ends those that are named. It is in the log before anything is shown. */
export const serverBreakGlassOpen: Command = {
  shape: {
    operands: [],
    options: {
      ...placeOptions,
      iin: 'required',
      name: 'required',
      reason: 'required',
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
      const opened = await openBreakGlass({
        sheets: [await asked(around, 'first'), await asked(around, 'second')],
        code: await asked(around, 'code'),
        ...{ iin: given.required('iin'), name: given.required('name'), reason: given.required('reason') },
        end: given.has('end-all') ? 'all' : person?.value,
      });
      if (!opened.ok) return refused(locale, opened.refusal);
      return shown(around, opened.value);
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
