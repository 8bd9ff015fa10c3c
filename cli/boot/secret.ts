import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Longer lines are no passphrase. */
const lengthMax = 1_024;

/** Reads one line without showing it; from a pipe, the first line. What readline keeps of it cannot be wiped. */
export async function askSecret(prompt: string): Promise<Uint8Array | undefined> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
  lines.close();
  if (isTerminal) process.stderr.write('\n');
  return line === undefined || line === '' || line.length > lengthMax ? undefined : new TextEncoder().encode(line);
}
