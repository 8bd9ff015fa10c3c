import { assert } from '../../core/kernel/index.ts';

/** Deeper than any contract of ours; a cycle would never end. */
const depthMax = 16;

function convert(value: unknown, bytes: (view: Uint8Array) => Uint8Array, depth: number): unknown {
  assert(depth <= depthMax, 'rpc: a message is nested too deeply');
  if (value instanceof Uint8Array) return bytes(value);
  if (Array.isArray(value)) return value.map((item: unknown) => convert(item, bytes, depth + 1));
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item, bytes, depth + 1)]));
  }
  return value;
}

/**
 * The message with every byte array copied into a plain `Uint8Array` of its own. A pooled `Buffer` shares its memory with
 * other secrets, and a structured clone carries the whole pool across; a copy carries the bytes alone.
 */
export function forSending(message: unknown): unknown {
  return convert(message, (view) => Uint8Array.from(view), 0);
}

/**
 * The message with every byte array copied out of the transport's buffer, which is then zeroed, so that a PIN has one
 * copy in this process and whoever receives it can wipe it.
 */
export function fromTransport(message: unknown): unknown {
  return convert(
    message,
    (view) => {
      const own = Uint8Array.from(view);
      view.fill(0);
      return own;
    },
    0,
  );
}

/** Overwrites every byte array of a message that was handed over. */
export function wipeBytes(message: unknown): void {
  convert(message, (view) => view.fill(0), 0);
}
