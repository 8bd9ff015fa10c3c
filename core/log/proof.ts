import { fromBase64, ok, refuse, toBase64, type Result } from '../kernel/index.ts';
import { hashSizeBytes } from './merkle.ts';
import { noteSizeMax } from './note.ts';
import { parseDecimal } from './text.ts';

/** A C2SP tlog-proof: where a leaf stands, the path to the root, and the signed checkpoint with that root. */
export type Proof = {
  /** Opaque and not authenticated by the format. */
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** Signed note, verbatim. */
  readonly checkpoint: string;
};

/** A note, a path of 63 hashes and our opening fit. */
export const proofSizeMax = noteSizeMax + 16_384;
const pathLengthMax = 63;
const firstLine = 'c2sp.org/tlog-proof@v1';

/** The text of a proof; files end in `.tlog-proof`. */
export function formatProof(proof: Proof): string {
  const extra = proof.extra === undefined ? [] : [`extra ${toBase64(proof.extra)}`];
  return [firstLine, ...extra, `index ${proof.index}`, ...proof.path.map(toBase64), '', proof.checkpoint].join('\n');
}

/** Reads a proof text; nothing in it is believed yet. */
export function parseProof(text: string): Result<Proof, 'proof-malformed' | 'proof-too-large'> {
  if (text.length > proofSizeMax) return refuse('proof-too-large', { sizeMax: proofSizeMax });
  const end = text.indexOf('\n\n');
  if (end < 0) return refuse('proof-malformed');
  const [first, ...lines] = text.slice(0, end).split('\n');
  const extraLine = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined;
  const indexLine = lines.shift() ?? '';
  const extra = extraLine === undefined ? undefined : fromBase64(extraLine.slice('extra '.length));
  const index = parseDecimal(indexLine.slice('index '.length));
  if (first !== firstLine || !indexLine.startsWith('index ') || !index.ok || extra?.ok === false)
    return refuse('proof-malformed');
  const path: Uint8Array[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (!hash.ok || hash.value.length !== hashSizeBytes || path.length === pathLengthMax)
      return refuse('proof-malformed');
    path.push(hash.value);
  }
  const checkpoint = text.slice(end + 2);
  return ok({ ...(extra === undefined ? {} : { extra: extra.value }), index: index.value, path, checkpoint });
}
