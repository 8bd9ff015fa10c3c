import { run } from '../../cli/boot/run.ts';

export type Said = { readonly exit: number; readonly out: string; readonly json: () => Record<string, unknown> };

/** Calls the command line in this process, with its clock stopped at `nowMs`; a bug in a command is thrown. */
export function commandLine(nowMs: number, typed?: string): (...argv: readonly string[]) => Promise<Said> {
  return async (...argv) => {
    let out = '';
    const exit = await run(argv, {
      nowMs: () => nowMs,
      askSecret: async () => (typed === undefined ? undefined : new TextEncoder().encode(typed)),
      stopAsked: () => new Promise(() => {}),
      write: (text) => {
        out += text;
      },
      languageOf: 'en_GB.UTF-8',
      report: (bug) => {
        throw bug;
      },
      noteBug: () => {},
    });
    return { exit, out, json: () => JSON.parse(out) as Record<string, unknown> };
  };
}
