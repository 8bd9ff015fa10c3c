import { createConnection, type Socket } from 'node:net';

/** A few words of the X11 protocol, as a window manager speaks them: which windows stand on the display, and "please close". */
export type XDisplay = {
  /** Windows of this title that can be seen now. */
  visible(title: string): Promise<readonly number[]>;
  /** What the closing button of a window sends. */
  askToClose(window: number): Promise<void>;
  close(): void;
};

const opcodes = { windowAttributes: 3, internAtom: 16, queryTree: 15, property: 20, focus: 43, sendEvent: 25 } as const;
const clientMessage = 33;
const mapStateAt = 26;
const viewable = 2;
const titleWordsMax = 64;

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}

function request(opcode: number, detail: number, body: Buffer): Buffer {
  const head = Buffer.from([opcode, detail, 0, 0]);
  head.writeUInt16LE(1 + body.length / 4, 2);
  return Buffer.concat([head, body]);
}

/** Bytes of the connection in the lengths that are asked for. */
function reader(socket: Socket): (sizeBytes: number) => Promise<Buffer> {
  let buffer: Buffer = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  let ended: Error | undefined;
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    wake();
  });
  for (const event of ['error', 'close'] as const)
    socket.on(event, () => {
      ended ??= new Error('the display is gone');
      wake();
    });
  return async (sizeBytes) => {
    while (buffer.length < sizeBytes) {
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const taken = buffer.subarray(0, sizeBytes);
    buffer = buffer.subarray(sizeBytes);
    return taken;
  };
}

/** The root window of the first screen, out of the server's greeting. */
function rootOf(greeting: Buffer): number {
  const vendorBytes = Math.ceil(greeting.readUInt16LE(16) / 4) * 4;
  return greeting.readUInt32LE(32 + vendorBytes + 8 * greeting.readUInt8(21));
}

/** Speaks to a display of this machine that wants no password, such as Xvfb's. */
export async function openXDisplay(display: string): Promise<XDisplay> {
  const socket = createConnection(`/tmp/.X11-unix/X${display.slice(1)}`);
  const read = reader(socket);
  socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  const head = await read(8);
  if (head[0] !== 1) throw new Error('the display does not let us in');
  const root = rootOf(await read(4 * head.readUInt16LE(6)));

  /** The reply, or `undefined` for a refusal: a window may be gone by the time it is asked about. */
  const ask = async (bytes: Buffer): Promise<Buffer | undefined> => {
    socket.write(bytes);
    for (;;) {
      const first = await read(32);
      if (first[0] === 1) return Buffer.concat([first, await read(4 * first.readUInt32LE(4))]);
      if (first[0] === 0) return undefined;
    }
  };
  const atom = async (name: string): Promise<number> => {
    const padded = Buffer.from(name.padEnd(Math.ceil(name.length / 4) * 4, '\0'), 'latin1');
    const reply = await ask(request(opcodes.internAtom, 0, Buffer.concat([words(name.length), padded])));
    return reply?.readUInt32LE(8) ?? 0;
  };
  const [title, protocols, deleteWindow] = [
    await atom('_NET_WM_NAME'),
    await atom('WM_PROTOCOLS'),
    await atom('WM_DELETE_WINDOW'),
  ];
  const titleOf = async (window: number): Promise<string | undefined> => {
    const reply = await ask(request(opcodes.property, 0, words(window, title, 0, 0, titleWordsMax)));
    return reply?.subarray(32, 32 + reply.readUInt32LE(16)).toString('utf8');
  };
  const isSeen = async (window: number): Promise<boolean> =>
    (await ask(request(opcodes.windowAttributes, 0, words(window))))?.[mapStateAt] === viewable;

  return {
    async visible(wanted) {
      const tree = await ask(request(opcodes.queryTree, 0, words(root)));
      const found: number[] = [];
      for (let i = 0; i < (tree?.readUInt16LE(16) ?? 0); i += 1) {
        const window = tree?.readUInt32LE(32 + 4 * i) ?? 0;
        if ((await titleOf(window)) === wanted && (await isSeen(window))) found.push(window);
      }
      return found;
    },
    async askToClose(window) {
      const event = Buffer.concat([
        Buffer.from([clientMessage, 32, 0, 0]),
        words(window, protocols, deleteWindow, 0, 0, 0, 0),
      ]);
      socket.write(request(opcodes.sendEvent, 0, Buffer.concat([words(window, 0), event])));
      // An answer to anything means that what was sent before has arrived.
      await ask(request(opcodes.focus, 0, Buffer.alloc(0)));
    },
    close: () => void socket.destroy(),
  };
}
