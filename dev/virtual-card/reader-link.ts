import { connect, type Socket } from 'node:net';
import type { PivCard } from './piv-card.ts';

/** Historical bytes that name the PIV application: by them OpenSC tells a card of the standard from one of unknown issues. */
const historicalBytes = Buffer.from('80fba000000308000010000100', 'hex');

/** ISO 7816-3: direct convention, protocol T=1, the historical bytes, and the exclusive-or of all but the first byte. */
const answerToReset = ((): Buffer => {
  const body = Buffer.concat([Buffer.from([0x80 | historicalBytes.length, 0x80, 0x01]), historicalBytes]);
  return Buffer.concat([Buffer.from([0x3b]), body, Buffer.from([body.reduce((sum, byte) => sum ^ byte, 0)])]);
})();

function frame(payload: Buffer): Buffer {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(payload.length);
  return Buffer.concat([header, payload]);
}

/**
 * One card in one slot of the virtual reader (vpcd): two bytes of length, then a control byte (0 off, 1 on, 2 reset, 4 answer to
 * reset) or a command. A card is inserted by connecting and removed by hanging up.
 */
export class ReaderLink {
  readonly #port: number;
  readonly #card: PivCard;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number, card: PivCard) {
    this.#port = port;
    this.#card = card;
  }

  insert(): Promise<void> {
    this.remove();
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, '127.0.0.1', () => resolve());
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('data', (bytes) => this.#receive(bytes));
      this.#socket = socket;
    });
  }

  remove(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#received = Buffer.alloc(0);
    this.#card.reset();
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 2) {
      const end = 2 + this.#received.readUInt16BE(0);
      if (this.#received.length < end) return;
      const message = this.#received.subarray(2, end);
      this.#received = this.#received.subarray(end);
      this.#answer(message);
    }
  }

  #answer(message: Buffer): void {
    if (message.length > 1) {
      const answer = this.#card.answer(message);
      if (answer === 'removed') this.remove();
      else this.#socket?.write(frame(answer));
    } else if (message[0] === 4) {
      this.#socket?.write(frame(answerToReset));
    } else {
      this.#card.reset();
    }
  }
}
