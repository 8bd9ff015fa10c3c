/** Encodes one BER-TLV object as PIV uses it: tag in hexadecimal, length up to 64 KB. */
export function tlv(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(length), value]);
}

/** Reads a run of objects with one-byte tags. Throws on lengths that leave the buffer. */
export function readTlv(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const objects = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw new RangeError('TLV leaves its buffer');
    objects.set(tag, bytes.subarray(start, start + length));
    at = start + length;
  }
  return objects;
}
