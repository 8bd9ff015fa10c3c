import { createCipheriv, createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openRecord,
  parseRecordHeader,
  recordCount,
  recordHeader,
  recordPlace,
  recordSizeBytes,
  sealedSizeBytes,
  sealRecord,
  type RecordCipher,
} from './index.ts';

const seed = 20_260_904;
const key = Buffer.alloc(32, 7);
const cipher: RecordCipher = {
  seal: (nonce, additional, plain, sealed) => {
    const sealing = createCipheriv('aes-256-gcm', key, nonce).setAAD(additional);
    sealed.set(Buffer.concat([sealing.update(plain), sealing.final(), sealing.getAuthTag()]));
  },
  open: (nonce, additional, sealed) => {
    const opening = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(additional);
    opening.setAuthTag(sealed.subarray(-16));
    try {
      return Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
    } catch {
      return undefined;
    }
  },
};
const header = recordHeader(Buffer.from('12345678'));

function seal(plain: Uint8Array): Buffer {
  const records = Array.from({ length: recordCount(plain.length) }, (_, index) => {
    const place = recordPlace(plain.length, index);
    const start = index * recordSizeBytes;
    return sealRecord(cipher, header, place, plain.subarray(start, start + place.plainSizeBytes));
  });
  return Buffer.concat([header, ...records]);
}

/** Opens a file as one that holds `sizeBytes`; `undefined` where a record does not open. */
function open(file: Uint8Array, sizeBytes: number): Buffer | undefined {
  const read = parseRecordHeader(file.subarray(0, 32));
  if (!read.ok || file.length !== sealedSizeBytes(sizeBytes)) return undefined;
  const parts: Uint8Array[] = [];
  for (let index = 0; index < recordCount(sizeBytes); index += 1) {
    const place = recordPlace(sizeBytes, index);
    const plain = openRecord(cipher, read.value, place, file.subarray(place.at, place.at + place.sealedSizeBytes));
    if (!plain.ok) return undefined;
    parts.push(plain.value);
  }
  return Buffer.concat(parts);
}

describe('sealed records of evidence', () => {
  const sizes = fc.oneof(
    fc.constantFrom(0, 1, recordSizeBytes - 1, recordSizeBytes, recordSizeBytes + 1, 3 * recordSizeBytes),
    fc.integer({ min: 0, max: 4 * recordSizeBytes }),
  );

  it('give back what was sealed, in a file of the size that was announced', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), (sizeBytes, fill) => {
        const plain = Buffer.alloc(sizeBytes, fill);
        const file = seal(plain);
        expect(file.length).toBe(sealedSizeBytes(sizeBytes));
        expect(open(file, sizeBytes)?.equals(plain)).toBe(true);
      }),
      { seed, numRuns: 60 },
    );
  });

  it('do not open where any one bit is another', () => {
    const plain = Buffer.alloc(2 * recordSizeBytes + 100, 3);
    const file = seal(plain);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(file);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(open(changed, plain.length)).toBeUndefined();
      }),
      { seed, numRuns: 200 },
    );
  });

  it('do not open in another order, in another file, or cut off at the end of a record', () => {
    const sizeBytes = 3 * recordSizeBytes;
    const file = seal(Buffer.alloc(sizeBytes, 1));
    const [first, second] = [recordPlace(sizeBytes, 0), recordPlace(sizeBytes, 1)];
    const swapped = Buffer.from(file);
    file.copy(swapped, first.at, second.at, second.at + second.sealedSizeBytes);
    file.copy(swapped, second.at, first.at, first.at + first.sealedSizeBytes);
    expect(open(swapped, sizeBytes)).toBeUndefined();
    const foreign = Buffer.concat([recordHeader(Buffer.from('87654321')), file.subarray(32)]);
    expect(open(foreign, sizeBytes)).toBeUndefined();
    const shorter = 2 * recordSizeBytes;
    expect(open(file.subarray(0, sealedSizeBytes(shorter)), shorter)).toBeUndefined();
  });

  it('have one header only', () => {
    expect(parseRecordHeader(header).ok).toBe(true);
    for (let at = 0; at < 32; at += 1) {
      const changed = Uint8Array.from(header);
      changed[at] = (changed[at] ?? 0) ^ 1;
      // The prefix is free: what it changes is the nonce.
      expect(parseRecordHeader(changed).ok).toBe(at >= 20 && at < 28);
    }
  });
});
