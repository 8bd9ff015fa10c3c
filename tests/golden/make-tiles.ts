import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fromHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { checkpoint, consistencies, entries, inclusions, receipt, size } from './log.ts';

function bundleEntry(text: string): Buffer {
  const entry = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return Buffer.concat([length, entry]);
}

function hashBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex as Sha256Hex);
  if (!bytes.ok) throw new Error('golden: a hash is hexadecimal');
  return bytes.value;
}

const claims = [
  ...inclusions.map((path, index) => ['inclusion', size, index, ...path]),
  ...consistencies.map((path, at) => ['consistency', size, at + 1, ...path]),
];

/** The golden log as it is served: every file by its C2SP path, the proofs one claim a line, the receipt. */
export const tiles: Readonly<Record<string, Uint8Array>> = {
  checkpoint: Buffer.from(checkpoint),
  proofs: Buffer.from(`${claims.map((claim) => claim.join(' ')).join('\n')}\n`),
  [`tile/0/000.p/${size}`]: Buffer.concat(entries.map(({ leafHash }) => hashBytes(leafHash))),
  [`tile/entries/000.p/${size}`]: Buffer.concat(entries.map(({ leafText }) => bundleEntry(leafText))),
  'receipts/act.tlog-proof': Buffer.from(receipt),
};

// Run by hand, once, after a decision: `node tests/golden/make-tiles.ts --write`. A test never writes.
if (process.argv[1] === import.meta.filename && process.argv.includes('--write')) {
  for (const [name, bytes] of Object.entries(tiles)) {
    const path = resolve(import.meta.dirname, 'tiles', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
