const wiped = 'secret: already wiped';

/**
 * Bytes that must not be shown, logged, serialised or compared by accident: PINs, passwords, keys, biometrics.
 * `use` lends the bytes for one synchronous call; `wipe` overwrites them. What JavaScript may have copied elsewhere
 * cannot be wiped; docs/THREATS.md lists those places.
 */
export class Secret<Kind extends string = string> {
  #bytes: Uint8Array | undefined;
  readonly kind: Kind;

  /** Takes ownership of `bytes`: the caller keeps no other reference. */
  constructor(kind: Kind, bytes: Uint8Array) {
    this.kind = kind;
    this.#bytes = bytes;
  }

  /** Lends the bytes; `reader` must not keep them. Throws when the secret was wiped. */
  use<T>(reader: (bytes: Uint8Array) => T): T {
    if (this.#bytes === undefined) throw new Error(wiped);
    return reader(this.#bytes);
  }

  /**
   * Copies the bytes into a message for another process of ours; the receiver wipes them. Not `slice`: of a Node Buffer
   * it would share the memory, and wiping one would wipe the other.
   */
  reveal(): Uint8Array {
    return this.use((bytes) => Uint8Array.from(bytes));
  }

  get isWiped(): boolean {
    return this.#bytes === undefined;
  }

  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toJSON(): string {
    return '[secret]';
  }

  toString(): string {
    return '[secret]';
  }
}
