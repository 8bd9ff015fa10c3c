import * as z from 'zod';

/** Bytes of a call: a `Uint8Array` of at least one and at most so many bytes. Its limit is the contract's, named at each field. */
export function bytesUpTo(sizeMaxBytes: number): z.ZodCustom<Uint8Array, Uint8Array> {
  return z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.length > 0 && value.length <= sizeMaxBytes,
  );
}

/** As `bytesUpTo`, and no bytes at all are allowed too. */
export function bytesOrNoneUpTo(sizeMaxBytes: number): z.ZodCustom<Uint8Array, Uint8Array> {
  return z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= sizeMaxBytes);
}
