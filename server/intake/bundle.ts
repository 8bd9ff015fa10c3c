/** Entries of a bundle of the log: each has its length in two bytes before it. */
export function* textsOf(bundle: Uint8Array): Generator<string> {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + bytes.readUInt16BE(at);
    yield bytes.toString('utf8', at + 2, end);
    at = end;
  }
}
