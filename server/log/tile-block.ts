import { hashSizeBytes, hashNode, tileHeight, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';

const hashesSizeBytes = tileWidth * hashSizeBytes;

/** A tile on disk: its 256 hashes as C2SP orders them, then the nodes between them and the tile above, so that a proof hashes nothing. */
export const blockSizeBytes = 2 * hashesSizeBytes;

/** Where the node of height `inner` at `at` lies in a block: the hashes themselves are height 0, 128 nodes follow, then 64, … 2. */
export function nodeOffset(inner: number, at: number): number {
  if (inner === 0) return at * hashSizeBytes;
  return hashesSizeBytes + (tileWidth - 2 * (tileWidth >> inner) + at) * hashSizeBytes;
}

export type Block = { readonly index: number; readonly bytes: Buffer };

export const emptyBlock = (index: number): Block => ({ index, bytes: Buffer.alloc(blockSizeBytes) });

/** A block whose first hashes are given, with all nodes that are complete. */
export function blockOf(index: number, hashes: Uint8Array): Block {
  const block = emptyBlock(index);
  block.bytes.set(hashes);
  const width = hashes.length / hashSizeBytes;
  const node = (inner: number, at: number): Uint8Array => nodeOf(block, inner, at);
  for (let inner = 1; inner < tileHeight; inner += 1) {
    for (let at = 0; at < width >> inner; at += 1) {
      const hash = hashNode(sha256, node(inner - 1, 2 * at), node(inner - 1, 2 * at + 1));
      block.bytes.set(hash, nodeOffset(inner, at));
    }
  }
  return block;
}

export function nodeOf(block: Block, inner: number, at: number): Uint8Array {
  const offset = nodeOffset(inner, at);
  return block.bytes.subarray(offset, offset + hashSizeBytes);
}
