import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';

/** Longer lines are no PIN, password or passphrase. */
const lengthMax = 1_024;

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Lines of the standard input that are not shown; a pipe gives one line for each question. */
export class SecretLines {
  #lines: Interface | undefined;
  readonly #kept: string[] = [];
  #isEnded = false;
  #waiting: (() => void) | undefined;

  #open(): Interface {
    if (this.#lines !== undefined) return this.#lines;
    const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY === true });
    lines.on('line', (line) => {
      this.#kept.push(line);
      this.#waiting?.();
    });
    lines.on('close', () => {
      this.#isEnded = true;
      this.#waiting?.();
    });
    this.#lines = lines;
    return lines;
  }

  /** Asks for one line; `undefined` where none came. What readline keeps of the line cannot be wiped. */
  async ask(prompt: string): Promise<Uint8Array | undefined> {
    this.#open();
    if (process.stdin.isTTY === true) process.stderr.write(prompt);
    while (this.#kept.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    if (process.stdin.isTTY === true) process.stderr.write('\n');
    const line = this.#kept.shift();
    return line === undefined || line === '' || line.length > lengthMax ? undefined : new TextEncoder().encode(line);
  }

  /** Lets the program end. */
  close(): void {
    this.#lines?.close();
  }
}
