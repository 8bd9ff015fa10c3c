import { randomBytes } from 'node:crypto';

/** One line of JSON on the error output; the service manager or the terminal keeps it. Names and numbers only. */
export function writeLog(entry: object): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
}

/** Logs a bug with its stack and answers the incident id, the only thing that a person sees of it. */
export function reportBug(where: string, error: unknown): string {
  const incidentId = randomBytes(8).toString('hex');
  const stack = error instanceof Error ? (error.stack ?? error.message) : 'thrown value is not an error';
  writeLog({ kind: 'bug', incidentId, where, stack });
  return incidentId;
}
