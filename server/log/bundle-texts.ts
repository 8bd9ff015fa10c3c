import { lengthSizeBytes } from './torn-files.ts';

/** Texts of a bundle, whose entries have each its length in two bytes before it. */
export function* bundleTexts(bundle: Uint8Array): Generator<string> {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  for (let at = 0; at < bytes.length;) {
    const start = at + lengthSizeBytes;
    const end = start + bytes.readUInt16BE(at);
    yield bytes.toString('utf8', start, end);
    at = end;
  }
}
