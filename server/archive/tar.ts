import { assert } from '../../core/kernel/index.ts';

const blockSizeBytes = 512;
const nameSizeMaxBytes = 100;

/** Larger members need extensions of the format; evidence is bounded far below (8 GiB − 1). */
const memberSizeMaxBytes = 0o77777777777;

function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, octet, at) => sum + (at >= 148 && at < 156 ? 0x20 : octet), 0);
}

/**
 * The header of a plain file in POSIX ustar: the same name and size always give the same 512 octets, since no time, owner or
 * machine is in it. Names have at most 100 ASCII characters.
 */
export function tarHeader(name: string, sizeBytes: number): Buffer {
  assert(/^[\x21-\x7e]{1,100}$/u.test(name), 'tar: a name is short plain text');
  assert(sizeBytes >= 0 && sizeBytes <= memberSizeMaxBytes, 'tar: a member fits its header');
  const header = Buffer.alloc(blockSizeBytes);
  const octal = (value: number, at: number, digits: number): void =>
    void header.write(value.toString(8).padStart(digits, '0'), at);
  header.write(name, 0);
  octal(0o444, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(0, 136, 11);
  header.write('0ustar\u000000', 156);
  octal(checksumOf(header), 148, 6);
  header[155] = 0x20;
  return header;
}

/** Zeros that fill the last block of a member. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockSizeBytes - (sizeBytes % blockSizeBytes)) % blockSizeBytes);
}

/** Two empty blocks end an archive. */
export const tarEnd = Buffer.alloc(2 * blockSizeBytes);

/** What stands between the members: a reader of our own segments expects exactly the headers that we write. */
export function parseTarHeader(header: Uint8Array): { readonly name: string; readonly sizeBytes: number } | undefined {
  const bytes = Buffer.from(header);
  const end = bytes.indexOf(0);
  const name = bytes.toString('latin1', 0, end < 0 || end > nameSizeMaxBytes ? nameSizeMaxBytes : end);
  const size = bytes.toString('latin1', 124, 135);
  if (!/^[\x21-\x7e]{1,100}$/u.test(name) || !/^[0-7]{11}$/u.test(size)) return undefined;
  const sizeBytes = Number.parseInt(size, 8);
  return tarHeader(name, sizeBytes).equals(bytes) ? { name, sizeBytes } : undefined;
}
