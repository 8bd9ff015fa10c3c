import { randomUUID } from 'node:crypto';
import { SecretLines } from './secret.ts';
import { run } from './run.ts';

const { env } = process;
const secrets = new SecretLines();

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** The stack goes to the error stream, for whoever keeps the machine; people read a number. */
function noteBug(incidentId: string, stack: string): void {
  process.stderr.write(`${JSON.stringify({ incidentId, level: 'error', stack })}\n`);
}

function report(bug: unknown): string {
  const incidentId = randomUUID();
  noteBug(incidentId, bug instanceof Error ? (bug.stack ?? bug.message) : 'not an error');
  return incidentId;
}

process.exitCode = await run(process.argv.slice(2), {
  nowMs: Date.now,
  askSecret: (prompt) => secrets.ask(prompt),
  stopAsked,
  write: (text) => void process.stdout.write(text),
  languageOf: env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '',
  report,
  noteBug,
});
secrets.close();
