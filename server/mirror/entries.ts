const lengthSizeBytes = 2;

/** The entries of a C2SP bundle, each with its length before it; one that the bundle ends in comes as short as it is. */
export function* entriesOf(bundle: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + lengthSizeBytes <= bundle.length;) {
    const end = at + lengthSizeBytes + (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
    yield bundle.subarray(at + lengthSizeBytes, end);
    at = end;
  }
}

/** Bytes of a bundle with these entries. */
export function bundleSizeBytes(entries: readonly Uint8Array[]): number {
  return entries.reduce((size, entry) => size + lengthSizeBytes + entry.length, 0);
}
