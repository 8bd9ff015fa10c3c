import type { Locale } from '../../locales/index.ts';
import type { Answer } from './answer.ts';
import type { Arguments, Shape } from './arguments.ts';

/** What a command may touch besides its arguments. */
export type Surroundings = {
  readonly locale: Locale;
  readonly nowMs: () => number;
  /** Reads a line that is not echoed; from a pipe, its first line. `undefined` where nothing was given. */
  readonly askSecret: (prompt: string) => Promise<Uint8Array | undefined>;
  /** Says a line at once, for what runs on; programs that asked for JSON get the facts instead. */
  readonly tell: (answer: Answer) => void;
  /** Notes a bug that was met and hidden behind a refusal, under the incident id that the person reads. */
  readonly noteBug: (incidentId: string, stack: string) => void;
  /** From its first call on, an interrupt no longer ends the program but resolves this. */
  readonly stopAsked: () => Promise<void>;
};

/** One command. It is loaded only when it is called, so that checking a receipt needs no database and no card. */
export type Command = {
  readonly shape: Shape;
  readonly run: (given: Arguments, around: Surroundings) => Promise<Answer>;
};
