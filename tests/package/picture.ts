import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

/** A photograph of a display: rows of red, green, blue. */
export type Picture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** Reads what Xvfb keeps of its screen: the format of xwd, 32 bits a pixel, least significant byte first. */
export function readScreen(file: string): Picture {
  const dump = readFileSync(file);
  const word = (index: number): number => dump.readUInt32BE(4 * index);
  const [headerBytes, width, height, bitsPerPixel, bytesPerLine, colours] = [
    word(0),
    word(4),
    word(5),
    word(11),
    word(12),
    word(19),
  ];
  if (bitsPerPixel !== 32) throw new Error(`a screen of ${bitsPerPixel} bits a pixel is not read here`);
  const start = headerBytes + 12 * colours;
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = start + y * bytesPerLine + 4 * x;
      const to = 3 * (y * width + x);
      rgb[to] = dump[from + 2] ?? 0;
      rgb[to + 1] = dump[from + 1] ?? 0;
      rgb[to + 2] = dump[from] ?? 0;
    }
  }
  return { width, height, rgb };
}

/** How many colours there are: an empty screen has one, a drawn window has hundreds. */
export function countColours({ rgb }: Picture): number {
  const seen = new Set<number>();
  for (let i = 0; i + 2 < rgb.length; i += 3)
    seen.add(((rgb[i] ?? 0) << 16) | ((rgb[i + 1] ?? 0) << 8) | (rgb[i + 2] ?? 0));
  return seen.size;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The picture as a PNG file. */
export function toPng({ width, height, rgb }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y += 1)
    rows.set(rgb.subarray(3 * width * y, 3 * width * (y + 1)), y * (1 + 3 * width) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
