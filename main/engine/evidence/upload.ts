import { chunkSizeMaxBytes, recordSizeBytes } from '../../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { canonicalize } from '../../../core/signing/index.ts';
import { formatUploadMetadata, tusVersion } from '../../../contracts/http/index.ts';
import { evidencePartMaxBytes, type EvidenceView } from '../../../contracts/vault-host/index.ts';
import type { Engine } from '../context.ts';
import type { ServerClient } from '../http/client.ts';

/** A chunk grows while the line carries one in less than this, and never takes so long that a pause has to wait for it. */
const chunkGoalMs = 500;
const chunkFirstBytes = 16 * recordSizeBytes;
/** How often one upload may be told another place than it had before it counts as a server that cannot be followed. */
const placesMax = 8;

/** How much goes into one request: whole records, few on a line that breaks often, since a chunk is kept whole or not at all. */
export class ChunkSize {
  #bytes = chunkFirstBytes;

  get bytes(): number {
    return this.#bytes;
  }

  sent(tookMs: number): void {
    if (tookMs < chunkGoalMs) this.#bytes = Math.min(2 * this.#bytes, chunkSizeMaxBytes);
    else if (tookMs > 2 * chunkGoalMs) this.lost();
  }

  lost(): void {
    this.#bytes = Math.max(Math.floor(this.#bytes / 2 / recordSizeBytes) * recordSizeBytes, recordSizeBytes);
  }
}

export type UploadControl = {
  readonly client: ServerClient;
  readonly chunkSize: ChunkSize;
  /** Asked before each chunk. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly onProgress: (sentBytes: number) => void;
};

const tus = { 'tus-resumable': tusVersion } as const;

/** A place that the server names: within the piece, and where a record begins or the piece ends. Anything else is not our server. */
function readOffset(headers: Readonly<Record<string, unknown>>, sizeBytes: number): Result<number> {
  const text = headers['upload-offset'];
  const offset = typeof text === 'string' && /^[0-9]{1,10}$/u.test(text) ? Number(text) : Number.NaN;
  const isPlace = offset <= sizeBytes && (offset % recordSizeBytes === 0 || offset === sizeBytes);
  return isPlace ? ok(offset) : refuse('server-answer-malformed', { field: 'upload-offset' });
}

/** Finds the upload of this piece, or starts it; answers what the server holds of it. */
async function findPlace({ client }: UploadControl, { descriptor }: EvidenceView): Promise<Result<number>> {
  const { sizeBytes } = descriptor;
  const metadata = formatUploadMetadata(new TextEncoder().encode(canonicalize(descriptor)));
  const headers = { ...tus, 'upload-length': String(sizeBytes), 'upload-metadata': metadata };
  const created = await client.upload('createUpload', { headers });
  return created.ok ? readOffset(created.value, sizeBytes) : created;
}

async function readChunk(
  engine: Engine,
  piece: EvidenceView,
  offset: number,
  end: number,
): Promise<Result<Uint8Array>> {
  const { sha256 } = piece.descriptor;
  const chunk = new Uint8Array(end - offset);
  for (let at = offset; at < end; at += evidencePartMaxBytes) {
    const limit = Math.min(evidencePartMaxBytes, end - at);
    const part = await engine.vault.call('evidence.read', { sha256, offset: at, limit });
    if (!part.ok) return part;
    chunk.set(part.value.bytes, at - offset);
    part.value.bytes.fill(0);
  }
  return ok(chunk);
}

/** Sends one chunk; answers where the server then stands, which is behind this chunk or nowhere. */
async function sendChunk(
  engine: Engine,
  piece: EvidenceView,
  control: UploadControl,
  offset: number,
): Promise<Result<number>> {
  const { client, chunkSize } = control;
  const { sha256, sizeBytes } = piece.descriptor;
  const end = Math.min(sizeBytes, offset + chunkSize.bytes);
  const chunk = await readChunk(engine, piece, offset, end);
  if (!chunk.ok) return chunk;
  const startedAtMs = engine.options.clock.monotonicMs();
  const headers = { ...tus, 'upload-offset': String(offset) };
  const sent = await client.upload('uploadChunk', { params: { sha256 }, headers, bytes: chunk.value });
  chunk.value.fill(0);
  if (!sent.ok) {
    if (sent.refusal.code === 'server-unreachable') chunkSize.lost();
    return sent;
  }
  chunkSize.sent(engine.options.clock.monotonicMs() - startedAtMs);
  const place = readOffset(sent.value, sizeBytes);
  if (!place.ok) return place;
  return place.value === end ? place : refuse('evidence-offset-differs', { expected: end, found: place.value });
}

/**
 * Brings the bytes of a piece to the server from wherever it stands, and answers whether it holds all of them. What this side remembers
 * of an earlier attempt counts for nothing: the place is the server's.
 */
export async function uploadBytes(
  engine: Engine,
  piece: EvidenceView,
  control: UploadControl,
): Promise<Result<{ readonly isWhole: boolean }>> {
  const { sizeBytes } = piece.descriptor;
  for (let places = 0; places < placesMax; places += 1) {
    const found = await findPlace(control, piece);
    if (!found.ok) return found;
    let offset = found.value;
    while (offset < sizeBytes) {
      control.onProgress(offset);
      if (!(await control.mayGoOn())) return ok({ isWhole: false });
      const sent = await sendChunk(engine, piece, control, offset);
      if (!sent.ok && sent.refusal.code === 'evidence-upload-closed') return ok({ isWhole: true });
      if (!sent.ok && sent.refusal.code !== 'evidence-offset-differs') return sent;
      if (!sent.ok) break;
      offset = sent.value;
    }
    if (offset === sizeBytes) return ok({ isWhole: true });
  }
  return refuse('evidence-offset-differs');
}
