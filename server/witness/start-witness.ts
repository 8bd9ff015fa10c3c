import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isUtf8 } from 'node:buffer';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import { witnessDoors } from '../../contracts/http/index.ts';
import { hold, isHeld, releaseHold } from '../store/index.ts';
import { addCheckpoint, addLogKey, requestSizeMaxBytes, type WitnessAnswer } from './add-checkpoint.ts';
import { openListener, type ListenerTls } from './listener.ts';
import { openWitness, type OpenWitnessRefusal, type Witness } from './open-witness.ts';

/** A witness that answers. */
export type RunningWitness = {
  readonly url: string;
  /** Public keys as C2SP vkey texts. */
  readonly keys: readonly string[];
  readonly logs: readonly string[];
  readonly close: () => Promise<void>;
};

/** The body, or `undefined` where it is too large or ends early. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > requestSizeMaxBytes) resolve(undefined);
      else parts.push(part);
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
    request.on('close', () => resolve(undefined));
    request.on('error', () => resolve(undefined));
  });
}

const short = (status: number, body: string): WitnessAnswer => ({ status, body, type: 'text/plain; charset=utf-8' });

type Door = (witness: Witness, body: string) => WitnessAnswer;
/** One for each door of the table; what the table does not list is not there. */
const handlers: Readonly<Record<keyof typeof witnessDoors, Door>> = { addCheckpoint, logKey: addLogKey };
const names = Object.keys(witnessDoors) as readonly (keyof typeof witnessDoors)[];
const doors = new Map(
  names.map((name) => [witnessDoors[name].path as string, { ...witnessDoors[name], answer: handlers[name] }]),
);

function listenerOf(witness: Witness, onBug: (bug: unknown) => void): RequestListener {
  async function reply(request: IncomingMessage): Promise<WitnessAnswer> {
    const door = doors.get(request.url ?? '');
    if (door === undefined) return short(404, '');
    if (request.method !== door.method) return short(405, '');
    const body = await bodyOf(request);
    if (body === undefined) return short(413, '');
    if (!isUtf8(body)) return short(400, '');
    try {
      return door.answer(witness, body.toString('utf8'));
    } catch (bug) {
      // What could not be kept is not vouched for.
      onBug(bug);
      return short(500, '');
    }
  }
  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body, type } = await reply(request);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...(request.complete ? {} : { connection: 'close' }),
    });
    response.end(body);
  };
  return (request, response) => void send(request, response).catch(onBug);
}

/** Starts the witness of a folder, by TLS where a certificate and its key (PEM) are given; it answers on return. */
export async function startWitness(options: {
  readonly folder: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: ListenerTls | undefined;
  readonly nowMs: () => number;
  readonly onBug: (bug: unknown) => void;
}): Promise<Result<RunningWitness, OpenWitnessRefusal | 'server-running' | 'address-in-use'>> {
  const { folder, tls, onBug } = options;
  const holdFile = join(folder, 'witness.json');
  if (isHeld(holdFile)) return refuse('server-running');
  const witness = openWitness(folder, options.nowMs);
  if (!witness.ok) return witness;
  hold(holdFile);
  const answer = listenerOf(witness.value, onBug);
  const listener = await openListener({ listen: options.listen, tls, answer });
  if (!listener.ok) {
    releaseHold(holdFile);
    return listener;
  }
  return ok({
    url: listener.value.url,
    keys: witness.value.signers.map(({ key }) => formatNoteKey(key)),
    logs: witness.value.logs.map(({ name }) => name),
    close: async () => {
      await listener.value.close();
      releaseHold(holdFile);
    },
  });
}
