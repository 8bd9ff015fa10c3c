import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import type * as z from 'zod';
import { ok, refuse, type Refusal, type Result } from '../../core/kernel/index.ts';
import { channelOf, type WindowKind } from '../../contracts/bridge/index.ts';
import type { IpcVerb } from '../../contracts/ipc/index.ts';

type VerbTable = Readonly<Record<string, IpcVerb<z.ZodType, z.ZodType>>>;

/** One handler for each verb: parsed input in, a `Result` out. A throw is a bug and becomes `internal`. */
export type WindowHandlers<Verbs extends VerbTable> = {
  readonly [Name in keyof Verbs]: (
    input: z.output<Verbs[Name]['input']>,
  ) => Promise<Result<z.input<Verbs[Name]['output']>>>;
};

export type AnswerOptions<Verbs extends VerbTable> = {
  readonly verbs: Verbs;
  readonly handlers: WindowHandlers<Verbs>;
  /** True only for the top frame of our own window showing our own page. */
  readonly isOurs: (event: IpcMainInvokeEvent) => boolean;
  /** Why this verb may not be answered now, or `undefined`. */
  readonly refuses: (verb: keyof Verbs & string) => Refusal | undefined;
};

type AnyHandler = (input: unknown) => Promise<Result<unknown>>;

async function answer<Verbs extends VerbTable>(
  options: AnswerOptions<Verbs>,
  name: keyof Verbs & string,
  event: IpcMainInvokeEvent,
  raw: unknown,
): Promise<Result<unknown>> {
  const verb = options.verbs[name];
  if (verb === undefined || !options.isOurs(event)) return refuse('sender-refused');
  const input = verb.input.safeParse(raw);
  if (!input.success)
    return refuse('input-malformed', { field: (input.error.issues[0]?.path.join('.') ?? '').slice(0, 128) });
  const refusal = options.refuses(name);
  if (refusal !== undefined) return { ok: false, refusal };
  // The table ties each handler to the schema of its own verb; the loop over names cannot show that to the compiler.
  const handler = options.handlers[name] as unknown as AnyHandler;
  const result = await handler(input.data);
  return result.ok ? ok(verb.output.parse(result.value)) : result;
}

/** The same doors, opened before what answers is there: `ready` is asked at each knock, and whoever is early waits. */
export type EarlyDoors<Verbs extends VerbTable> = {
  readonly kind: WindowKind;
  readonly names: readonly (keyof Verbs & string)[];
  readonly ready: () => Promise<AnswerOptions<Verbs>>;
  /** Writes a bug to the log and answers the incident id that the person reads. */
  readonly report: (where: string, error: unknown) => string;
};

/**
 * Opens the doors of one kind of window: sender, input, phase, handler, output, in this order. Returns the stop. A page that is
 * quicker than main is not turned away; when `ready` fails, whoever waits reads so, as of any other bug.
 */
export function answerWindow<Verbs extends VerbTable>({ kind, names, ready, report }: EarlyDoors<Verbs>): () => void {
  for (const name of names) {
    ipcMain.handle(channelOf(kind, name), async (event, raw: unknown): Promise<Result<unknown>> => {
      try {
        return await answer(await ready(), name, event, raw);
      } catch (error) {
        return { ok: false, refusal: { code: 'internal', incidentId: report(name, error) } };
      }
    });
  }
  return () => {
    for (const name of names) ipcMain.removeHandler(channelOf(kind, name));
  };
}
