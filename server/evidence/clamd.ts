import { connect, type Socket } from 'node:net';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Antivirus, AntivirusRefusal, Verdict } from './antivirus.ts';

/** Where `clamd` listens. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Reads `unix:<path>` or `<host>:<port>`. */
export function parseClamdAddress(text: string): Result<ClamdAddress, 'input-malformed'> {
  const path = /^unix:(\/.{1,100})$/u.exec(text)?.[1];
  if (path !== undefined) return ok({ path });
  const [, host, port] = /^([^:\s]{1,253}|\[[0-9a-f:.]{2,45}\]):([0-9]{1,5})$/u.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return refuse('input-malformed');
  return ok({ host: host.replace(/^\[|\]$/gu, ''), port: Number(port) });
}

export type ClamdOptions = {
  readonly address: ClamdAddress;
  /** Silence longer than this is no answer. Large archives take the engine long after the last byte. */
  readonly silenceMaxMs?: number;
};

const silenceMaxDefaultMs = 120_000;
/** However lively the line: the largest evidence takes the engine a minute. */
const conversationMaxMs = 1_800_000;
/** The longest answer is the name of what was found. */
const answerSizeMax = 1_024;
const endOfStream = Buffer.alloc(4);

/** `ClamAV <engine>/<base>/<ctime of the base>`; an engine without a base tells only its own version. */
const versionPattern =
  /^ClamAV ([0-9A-Za-z.+-]{1,32})\/([0-9]{1,10})\/([A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]?[0-9] [0-9:]{8} [0-9]{4})$/u;
const foundPattern = /^stream: ([^\p{Cc}]{1,250}) FOUND$/u;

/** One command on one line: what was sent, and the answer up to its end. */
class Conversation {
  readonly #socket: Socket;
  readonly #answered: Promise<string | undefined>;
  readonly #deadline: NodeJS.Timeout;
  #hasEnded = false;

  constructor(address: ClamdAddress, silenceMaxMs: number) {
    const socket = connect({ ...address });
    this.#socket = socket;
    socket.setTimeout(silenceMaxMs, () => socket.destroy());
    this.#deadline = setTimeout(() => socket.destroy(), conversationMaxMs);
    this.#answered = new Promise((resolve) => {
      let text = '';
      const end = (answer: string | undefined): void => {
        this.#hasEnded = true;
        resolve(answer);
      };
      socket.setEncoding('utf8');
      socket.on('data', (part: string) => {
        text += part;
        if (text.length > answerSizeMax) socket.destroy();
        // The daemon's answer ends by a zero byte; anything after it is not ours.
        else if (text.includes('\0')) end(text.slice(0, text.indexOf('\0')));
      });
      // A line that breaks off is told by 'close', which follows every error.
      socket.on('error', () => undefined);
      socket.on('close', () => end(undefined));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends bytes, and waits where the other side does not keep up; returns at once after the end. */
  async send(...parts: readonly Uint8Array[]): Promise<void> {
    let isTaken = true;
    for (const part of parts) isTaken = this.#socket.write(part);
    if (isTaken || this.#hasEnded) return;
    await Promise.race([new Promise((resolve) => this.#socket.once('drain', resolve)), this.#answered]);
  }

  /** The answer without its zero byte; `undefined` where the line ended before. */
  async answer(): Promise<string | undefined> {
    return this.#answered;
  }

  close(): void {
    clearTimeout(this.#deadline);
    this.#socket.destroy();
  }
}

function readVerdict(answer: string | undefined, wasSentWhole: boolean): Result<Verdict, AntivirusRefusal> {
  if (answer === undefined) return refuse('antivirus-unreachable');
  // Nobody can call clean what he has not been sent.
  if (answer === 'stream: OK' && wasSentWhole) return ok({ found: null });
  const found = foundPattern.exec(answer)?.[1];
  // A limit that was exceeded, or a program that is no clamd: neither says that the bytes are clean, nor that they are not.
  return found === undefined || found.startsWith('Heuristics.Limits.Exceeded')
    ? refuse('antivirus-answer-malformed')
    : ok({ found });
}

function sizeOf(chunk: Uint8Array): Buffer {
  const size = Buffer.allocUnsafe(4);
  size.writeUInt32BE(chunk.length);
  return size;
}

/**
 * Speaks to `clamd` over a socket: `VERSION` and `INSTREAM`, a line of its own for each. The date of the base is read as UTC: the daemon
 * tells local time without its zone.
 */
export function clamdAntivirus(options: ClamdOptions): Antivirus {
  const { address, silenceMaxMs = silenceMaxDefaultMs } = options;
  return {
    version: async () => {
      const line = new Conversation(address, silenceMaxMs);
      try {
        await line.send(Buffer.from('zVERSION\0'));
        const answer = await line.answer();
        if (answer === undefined) return refuse('antivirus-unreachable');
        const [, engine, baseVersion, date] = versionPattern.exec(answer) ?? [];
        const baseAtMs = Date.parse(`${date ?? ''} UTC`);
        if (engine === undefined || baseVersion === undefined || Number.isNaN(baseAtMs))
          return refuse('antivirus-answer-malformed');
        return ok({ engine: `ClamAV ${engine}`, baseVersion, baseAtMs });
      } finally {
        line.close();
      }
    },
    scan: async (source) => {
      const line = new Conversation(address, silenceMaxMs);
      try {
        await line.send(Buffer.from('zINSTREAM\0'));
        for await (const chunk of source) {
          if (line.hasEnded) break;
          if (chunk.length > 0) await line.send(sizeOf(chunk), chunk);
        }
        const isWhole = !line.hasEnded;
        if (isWhole) await line.send(endOfStream);
        return readVerdict(await line.answer(), isWhole);
      } finally {
        line.close();
      }
    },
  };
}
