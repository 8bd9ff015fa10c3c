/** Cuts a stream into pieces of exactly the sizes that are asked for. */
export class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** True where nothing is left. */
  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** Gives `sizeBytes` octets piece by piece; false where the stream ends before. */
  async pass(sizeBytes: number, take: (piece: Uint8Array) => void): Promise<boolean> {
    for (let left = sizeBytes; left > 0;) {
      if (await this.isAtEnd()) return false;
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      take(piece);
    }
    return true;
  }

  /** Gives `sizeBytes` octets at once, or `undefined` where the stream ends before. */
  async read(sizeBytes: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = [];
    const isWhole = await this.pass(sizeBytes, (piece) => void parts.push(piece));
    return isWhole ? Buffer.concat(parts) : undefined;
  }
}
