import { pino, type Logger } from 'pino';
import { InvariantError } from '../../core/kernel/index.ts';

/** What of an error may stand in a log: its kind, code and place. Messages of libraries quote values, so only our own are kept. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const isOurs = error instanceof InvariantError || error.constructor === Error;
  return { kind: error.name, ...code, ...(isOurs ? { message: error.message } : {}), frames };
}

/** The server's log: one JSON line an event. No header, body, query or person ever enters it. */
export function createServerLog(write: (line: string) => void): Logger {
  const redact = {
    paths: ['*.authorization', '*.token', '*.cms', '*.envelope', '*.iin', '*.publicKey'],
    censor: '[redacted]',
  };
  return pino({ base: null, redact, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}
