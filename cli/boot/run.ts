import { isLocale, words, type Locale } from '../../locales/index.ts';
import { jsonLine, misuse, readArguments, verdictOf, type Answer, type Exit, type Surroundings } from '../kit/index.ts';
import { commands } from './commands.ts';

/** What the program gets from the system. */
export type Ports = Omit<Surroundings, 'locale' | 'tell'> & {
  readonly write: (text: string) => void;
  /** Language of the surroundings, as `LANG` says it. */
  readonly languageOf: string;
  /** Notes a bug; answers the incident id under which it can be found. */
  readonly report: (bug: unknown) => string;
};

type Request = {
  readonly locale: Locale;
  readonly isJson: boolean;
  readonly rest: readonly string[];
  readonly misuse?: Answer;
};

function readRequest(given: readonly string[], languageOf: string): Request {
  const language = languageOf.slice(0, 2).toLowerCase();
  let locale: Locale = isLocale(language) ? language : 'en';
  let isJson = false;
  let wrong: Answer | undefined;
  const rest: string[] = [];
  const items = [...given];
  for (let item = items.shift(); item !== undefined; item = items.shift()) {
    if (item === '--json') isJson = true;
    else if (item === '--locale' || item.startsWith('--locale=')) {
      const value = item === '--locale' ? (items.shift() ?? '') : item.slice('--locale='.length);
      if (isLocale(value)) locale = value;
      else wrong = misuse(locale, 'cli.error.locale-unknown', { locale: value });
    } else rest.push(item);
  }
  return { locale, isJson, rest, ...(wrong === undefined ? {} : { misuse: wrong }) };
}

function help(locale: Locale): Answer {
  const lines = commands.map((command) => `  ${words(locale, command.help)}`);
  const common = (
    [
      'cli.help.help',
      'cli.option.json',
      'cli.option.locale',
      'cli.option.passphrase-file',
      'cli.option.log-key',
    ] as const
  ).map((id) => `  ${words(locale, id)}`);
  return {
    exit: 0,
    facts: { commands: commands.map(({ name }) => name.join(' ')) },
    lines: [words(locale, 'cli.usage'), ...lines, ...common, words(locale, 'cli.exit')],
  };
}

async function answer(request: Request, around: Surroundings): Promise<Answer> {
  const { locale, rest } = request;
  if (request.misuse !== undefined) return request.misuse;
  if (rest.length === 0 || rest[0] === 'help' || rest[0] === '--help') return help(locale);
  const entry = commands.find(({ name }) => name.every((word, at) => rest[at] === word));
  if (entry === undefined) return misuse(locale, 'cli.error.command-unknown', { command: rest.slice(0, 2).join(' ') });
  const command = await entry.load();
  const given = readArguments(rest.slice(entry.name.length), command.shape);
  if (!given.ok) return misuse(locale, `cli.error.${given.refusal.code}`, given.refusal.details);
  return command.run(given.value, around);
}

/** Runs one command and says its answer; resolves to the exit status. A bug is reported and reads as a neutral line. */
export async function run(argv: readonly string[], ports: Ports): Promise<Exit> {
  const request = readRequest(argv, ports.languageOf);
  const command = request.rest.slice(0, 2).join(' ');
  const tell = (said: Answer): void => {
    const json = { command, verdict: verdictOf(said.exit), ...said.facts };
    ports.write(request.isJson ? `${jsonLine(json)}\n` : `${said.lines.join('\n')}\n`);
  };
  try {
    const said = await answer(request, { ...ports, locale: request.locale, tell });
    tell(said);
    return said.exit;
  } catch (bug) {
    const incident = ports.report(bug);
    const what = words(request.locale, 'refusals.internal.what');
    tell({
      exit: 2,
      facts: { reason: 'internal', incidentId: incident },
      lines: [what, words(request.locale, 'cli.error.incident', { incident })],
    });
    return 2;
  }
}
