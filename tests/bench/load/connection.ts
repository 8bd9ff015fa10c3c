import { connect, type TLSSocket } from 'node:tls';
import type { RunningServer } from '../../../server/boot/index.ts';

/** An answer of the server, its body unread. */
export type RawAnswer = { readonly status: number; readonly body: Buffer };

/** One TLS connection that sends requests made beforehand, one after the other. */
export type Connection = {
  readonly send: (request: Buffer) => Promise<RawAnswer>;
  readonly close: () => void;
};

const headEnd = Buffer.from('\r\n\r\n');
const lengthPattern = /^content-length: ([0-9]+)\r$/imu;

/** Reads what a server of ours writes: a status line, headers with `content-length`, a body. */
function readAnswer(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end + 2);
  const length = lengthPattern.exec(head)?.[1];
  if (length === undefined) throw new Error('load: an answer says how long it is');
  const start = end + headEnd.length;
  const body = bytes.subarray(start, start + Number(length));
  return body.length < Number(length) ? undefined : { status: Number(head.slice(9, 12)), body };
}

/**
 * Opens a connection that pins the certificate of the server. As little work as a client can do: the generator shares
 * the two cores with what it measures.
 */
export async function openConnection(server: Pick<RunningServer, 'url' | 'pin'>): Promise<Connection> {
  const { hostname, port } = new URL(server.url);
  const lines = Buffer.from(server.pin.certificate).toString('base64');
  const ca = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened: TLSSocket = connect({ host: hostname, port: Number(port), ca }, () => resolve(opened));
    opened.setNoDelay(true);
    opened.once('error', reject);
  });
  let settle: { readonly resolve: (answer: RawAnswer) => void; readonly reject: (error: Error) => void } | undefined;
  let read: Buffer = Buffer.alloc(0);
  const fail = (error: Error): void => settle?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('load: the server hung up')));
  socket.on('data', (part: Buffer) => {
    read = read.length === 0 ? part : Buffer.concat([read, part]);
    const answer = readAnswer(read);
    if (answer === undefined) return;
    read = Buffer.alloc(0);
    const waiting = settle;
    settle = undefined;
    waiting?.resolve(answer);
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
