import {
  formatProof,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseOpening,
  parseProof,
  type Proof,
} from '../../core/log/index.ts';
import { toHex, type Sha256 } from '../../core/kernel/index.ts';

/** Bytes that the largest QR code (version 40) holds, by its level of error correction (ISO/IEC 18004, table 7). */
export const qrSizesMaxBytes = { M: 2_331, L: 2_953 } as const;

/**
 * What a QR code of a receipt says. `whole`: the text of the receipt, byte by byte. `without-cosigners`: the same without
 * some cosignatures, which is a receipt too, of a lower level. `reference`: too large for that; names the log, the place and
 * the hashes of leaf and receipt, so that the file can be told from another, and proves nothing alone.
 */
export type QrText = { readonly kind: 'whole' | 'without-cosigners' | 'reference'; readonly text: string };

const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

/** Receipts with ever fewer cosignatures, the longest lines leaving first; the first line is the log's own and stays. */
function* lighter(proof: Proof): Generator<string> {
  const end = proof.checkpoint.indexOf('\n\n');
  const text = proof.checkpoint.slice(0, end + 2);
  const [own = '', ...rest] = proof.checkpoint
    .slice(end + 2)
    .split('\n')
    .filter((line) => line !== '');
  const bySize = rest.toSorted((a, b) => b.length - a.length);
  for (let left = 1; left <= bySize.length; left += 1) {
    const gone = new Set(bySize.slice(0, left));
    const lines = [own, ...rest.filter((line) => !gone.has(line))];
    yield formatProof({ ...proof, checkpoint: `${text}${lines.map((line) => `${line}\n`).join('')}` });
  }
}

function reference(receipt: string, proof: Proof, sha256: Sha256): string {
  const opening = parseOpening(proof.extra ?? new Uint8Array());
  const note = parseNote(proof.checkpoint);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  const leaf = opening.ok ? toHex(leafHash(sha256, opening.value.opening.leaf)) : '';
  return [
    'qorgan-receipt:1',
    `origin=${checkpoint.ok ? checkpoint.value.origin : ''}`,
    `index=${proof.index}`,
    `leaf=${leaf}`,
    `receipt=${toHex(sha256(receipt))}`,
  ].join('\n');
}

/** Chooses what the QR code of a receipt says: as much of it as the largest code holds (docs/decisions/0011). */
export function qrTextOf(receipt: string, sha256: Sha256): QrText {
  if (sizeOf(receipt) <= qrSizesMaxBytes.L) return { kind: 'whole', text: receipt };
  const proof = parseProof(receipt);
  if (!proof.ok) throw new Error('receipt page: the receipt was verified before');
  for (const text of lighter(proof.value)) {
    if (sizeOf(text) <= qrSizesMaxBytes.L) return { kind: 'without-cosigners', text };
  }
  return { kind: 'reference', text: reference(receipt, proof.value, sha256) };
}
