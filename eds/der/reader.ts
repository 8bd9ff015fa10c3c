/** Why bytes are not the DER that was asked for. The first fault wins and stays. */
export type DerFault =
  | 'der-truncated'
  | 'der-length-not-minimal'
  | 'der-length-indefinite'
  | 'der-tag-unsupported'
  | 'der-tag-unexpected'
  | 'der-trailing-bytes'
  | 'der-value-malformed'
  | 'der-too-deep'
  | 'der-too-many-elements'
  | 'der-too-large';

/** Bounds on hostile input: what lies beyond them is refused before it costs anything. */
export type DerLimits = {
  readonly sizeMaxBytes: number;
  /** Nested constructed elements that may be entered. */
  readonly depthMax: number;
  /** Elements that may be visited in all, so that a small file cannot buy a long walk. */
  readonly elementsMax: number;
};

/** A signature with its certificates: real ones are 2–8 kB with some 200 elements; attached documents need the size. */
export const messageLimits: DerLimits = { sizeMaxBytes: 32 * 1024 * 1024, depthMax: 24, elementsMax: 20_000 };
/** One certificate: real ones are 1–2 kB. */
export const certificateLimits: DerLimits = { sizeMaxBytes: 64 * 1024, depthMax: 16, elementsMax: 2_000 };
/** One OCSP response: real ones are 1–3 kB; the size leaves room for a responder that answers for several certificates and sends its chain. */
export const responseLimits: DerLimits = { sizeMaxBytes: 64 * 1024, depthMax: 16, elementsMax: 4_000 };
/** A revocation list of a national authority: several million entries of about 40 bytes. */
export const revocationListLimits: DerLimits = {
  sizeMaxBytes: 512 * 1024 * 1024,
  depthMax: 12,
  elementsMax: 64_000_000,
};

type Walk = { fault: DerFault | undefined; elementsLeft: number };

const nothing = new Uint8Array(0);
const longFormLengthMaxBytes = 4;

/**
 * A cursor over strict DER. It copies nothing: what it returns are views of the caller's bytes, which therefore must not
 * change while they are used. It never throws on input. After the first fault `fault` is set for the reader and for all readers
 * entered from it, `hasMore` is false, and every further read gives an empty value, so a parser asks for `fault` once,
 * at its end, and must discard everything when it is set.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  readonly #walk: Walk;
  readonly #end: number;
  readonly #depthLeft: number;
  #at: number;
  #contentAt = 0;
  #contentEnd = 0;

  constructor(
    bytes: Uint8Array,
    walk: Walk,
    span: { readonly from: number; readonly to: number; readonly depthLeft: number },
  ) {
    this.bytes = bytes;
    this.#walk = walk;
    this.#at = span.from;
    this.#end = span.to;
    this.#depthLeft = span.depthLeft;
  }

  get fault(): DerFault | undefined {
    return this.#walk.fault;
  }

  get hasMore(): boolean {
    return this.#at < this.#end && this.#walk.fault === undefined;
  }

  /** Identifier octet of the next element, or -1 where there is none. */
  peek(): number {
    return this.hasMore ? (this.bytes[this.#at] ?? -1) : -1;
  }

  /** Records a fault found by the caller in a value; the first fault wins. */
  fail(fault: DerFault): void {
    this.#walk.fault ??= fault;
  }

  /** Steps into a constructed element of this tag and past it. */
  enter(tag: number): DerReader {
    if (this.#depthLeft === 0) this.fail('der-too-deep');
    const isThere = this.#header(tag);
    const span = {
      from: this.#contentAt,
      to: isThere ? this.#contentEnd : this.#contentAt,
      depthLeft: this.#depthLeft - 1,
    };
    return new DerReader(this.bytes, this.#walk, span);
  }

  /** Content octets of the next element, which must have this tag. */
  content(tag: number): Uint8Array {
    return this.#header(tag) ? this.bytes.subarray(this.#contentAt, this.#contentEnd) : nothing;
  }

  /** The next element whole, identifier and length included; any tag unless one is named. */
  element(tag?: number): Uint8Array {
    const from = this.#at;
    return this.#header(tag) ? this.bytes.subarray(from, this.#contentEnd) : nothing;
  }

  /** Steps over the next element, whatever it is, without looking inside. */
  skip(): void {
    this.#header(undefined);
  }

  /** Offset of the next element in `bytes`. */
  get offset(): number {
    return this.#at;
  }

  /** Demands that nothing is left. */
  finish(): void {
    if (this.hasMore) this.fail('der-trailing-bytes');
  }

  #header(expectedTag: number | undefined): boolean {
    const walk = this.#walk;
    if (walk.fault !== undefined) return false;
    const bytes = this.bytes;
    const at = this.#at;
    if (at + 2 > this.#end) return this.#refuse('der-truncated');
    if (walk.elementsLeft === 0) return this.#refuse('der-too-many-elements');
    walk.elementsLeft -= 1;
    const tag = bytes[at] ?? 0;
    // Universal tag 0 marks the end of an indefinite length and tag numbers from 31 up take further octets: no structure of ours has either.
    if (tag === 0 || (tag & 0x1f) === 0x1f) return this.#refuse('der-tag-unsupported');
    if (expectedTag !== undefined && tag !== expectedTag) return this.#refuse('der-tag-unexpected');
    const first = bytes[at + 1] ?? 0;
    let length = first;
    let contentAt = at + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0) return this.#refuse('der-length-indefinite');
      if (count > longFormLengthMaxBytes) return this.#refuse('der-too-large');
      if (contentAt + count > this.#end) return this.#refuse('der-truncated');
      length = 0;
      for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[contentAt + i] ?? 0);
      if (length < 0x80 || length < 256 ** (count - 1)) return this.#refuse('der-length-not-minimal');
      contentAt += count;
    }
    if (length > this.#end - contentAt) return this.#refuse('der-truncated');
    this.#contentAt = contentAt;
    this.#contentEnd = contentAt + length;
    this.#at = this.#contentEnd;
    return true;
  }

  #refuse(fault: DerFault): false {
    this.fail(fault);
    return false;
  }
}

/** Opens bytes for reading under limits; a size beyond the limit is a fault from the start. */
export function openDer(bytes: Uint8Array, limits: DerLimits): DerReader {
  // A plain view: `subarray` of a Node Buffer is a Buffer, slower to make and with other `slice` semantics.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = view.length > limits.sizeMaxBytes ? 'der-too-large' : undefined;
  return new DerReader(
    view,
    { fault, elementsLeft: limits.elementsMax },
    { from: 0, to: view.length, depthLeft: limits.depthMax },
  );
}
