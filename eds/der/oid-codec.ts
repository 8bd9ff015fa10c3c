/** Arcs longer than this many octets (2^140) are refused: the longest known, of the 2.25 arc, take 19. */
const arcMaxBytes = 20;
const oidMaxBytes = 64;

/** Dotted text of the content octets of an OBJECT IDENTIFIER, or `undefined` where they are malformed. */
export function decodeOid(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > oidMaxBytes || (content[content.length - 1] ?? 0x80) >= 0x80)
    return undefined;
  let text = '';
  let arc = 0;
  let arcBytes = 0;
  for (let i = 0; i < content.length; i += 1) {
    const byte = content[i] ?? 0;
    if (arcBytes === 0 && byte === 0x80) return undefined;
    arcBytes += 1;
    if (arcBytes > arcMaxBytes) return undefined;
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    // Beyond seven octets a double is not exact, so the arc is read again as a big integer.
    const exact: number | bigint = arcBytes <= 7 ? arc : bigArc(content.subarray(i + 1 - arcBytes, i + 1));
    text = text === '' ? firstArcs(exact) : `${text}.${exact}`;
    arc = 0;
    arcBytes = 0;
  }
  return text;
}

function firstArcs(joined: number | bigint): string {
  if (joined < 40) return `0.${joined}`;
  if (joined < 80) return `1.${Number(joined) - 40}`;
  return typeof joined === 'number' ? `2.${joined - 80}` : `2.${joined - 80n}`;
}

function bigArc(octets: Uint8Array): bigint {
  let value = 0n;
  for (const byte of octets) value = value * 128n + BigInt(byte & 0x7f);
  return value;
}

/** Content octets of a dotted OBJECT IDENTIFIER, which must be well formed: the caller wrote it. */
export function encodeOid(text: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = text.split('.').map(BigInt);
  return Uint8Array.from([first * 40n + second, ...rest].flatMap(arcOctets));
}

function arcOctets(arc: bigint): number[] {
  const octets = [Number(arc & 127n)];
  for (let left = arc >> 7n; left > 0n; left >>= 7n) octets.unshift(Number(left & 127n) | 0x80);
  return octets;
}
