import { chunkSizeMaxBytes, recordSizeBytes } from '../../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { canonicalize } from '../../../core/signing/index.ts';
import { formatUploadMetadata, tusVersion } from '../../../contracts/http/index.ts';
import type { EvidenceView } from '../../../contracts/vault-host/index.ts';
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

type Read = Promise<Result<{ readonly bytes: Uint8Array }>>;

function readChunk(engine: Engine, { descriptor }: EvidenceView, control: UploadControl, offset: number): Read {
  const { sha256, sizeBytes } = descriptor;
  const limit = Math.min(control.chunkSize.bytes, sizeBytes - offset);
  return engine.vault.call('evidence.read', { sha256, offset, limit });
}

/** A chunk on its way. */
type SentChunk = {
  readonly end: number;
  /** Settles when the chunk has left this process, or will not any more. */
  readonly left: Promise<unknown>;
  /** Where the server then stands, which is behind this chunk or nowhere. */
  readonly answer: Promise<Result<number>>;
};

/** Puts a chunk on the line; its bytes are wiped once they are of no use there. */
function sendChunk(
  engine: Engine,
  { descriptor }: EvidenceView,
  { client, chunkSize }: UploadControl,
  { offset, bytes }: { readonly offset: number; readonly bytes: Uint8Array },
): SentChunk {
  const { sha256, sizeBytes } = descriptor;
  const { clock } = engine.options;
  const end = offset + bytes.length;
  const startedAtMs = clock.monotonicMs();
  const headers = { ...tus, 'upload-offset': String(offset) };
  let onLeft = (): void => undefined;
  const hasLeft = new Promise<void>((resolve) => {
    onLeft = resolve;
  });
  const sent = client.upload('uploadChunk', { params: { sha256 }, headers, bytes, onLeft });
  const answer = sent.then((result): Result<number> => {
    bytes.fill(0);
    if (!result.ok) {
      if (result.refusal.code === 'server-unreachable') chunkSize.lost();
      return result;
    }
    chunkSize.sent(clock.monotonicMs() - startedAtMs);
    const place = readOffset(result.value, sizeBytes);
    if (!place.ok) return place;
    return place.value === end ? place : refuse('evidence-offset-differs', { expected: end, found: place.value });
  });
  return { end, left: Promise.race([hasLeft, answer]), answer };
}

/** While the disk of the server flushes, as many chunks more travel as the next flush then takes with it. */
const onTheLineMax = 4;

/**
 * Sends from `offset` on until the server holds everything, a chunk is refused, or the person pauses. A chunk starts when the one before
 * has left, so that they arrive in order, and is read from the vault meanwhile; what was on the line behind a refused one is waited for,
 * and counts for nothing.
 */
async function sendFrom(
  engine: Engine,
  piece: EvidenceView,
  control: UploadControl,
  offset: number,
): Promise<Result<{ readonly isWhole: boolean }>> {
  const { sizeBytes } = piece.descriptor;
  const line: SentChunk[] = [];
  let next = offset;
  let ahead: Read | undefined;
  let isPaused = false;
  try {
    for (;;) {
      isPaused ||= next < sizeBytes && line.length < onTheLineMax && !(await control.mayGoOn());
      if (!isPaused && next < sizeBytes && line.length < onTheLineMax) {
        const chunk = await (ahead ?? readChunk(engine, piece, control, next));
        ahead = undefined;
        if (!chunk.ok) return chunk;
        const sent = sendChunk(engine, piece, control, { offset: next, bytes: chunk.value.bytes });
        line.push(sent);
        next = sent.end;
        if (next < sizeBytes) ahead = readChunk(engine, piece, control, next);
        await sent.left;
        continue;
      }
      const first = line.shift();
      if (first === undefined) return ok({ isWhole: next === sizeBytes });
      const place = await first.answer;
      if (!place.ok) {
        await Promise.all(line.map(({ answer }) => answer));
        return place;
      }
      control.onProgress(place.value);
    }
  } finally {
    const unsent = await ahead;
    if (unsent?.ok === true) unsent.value.bytes.fill(0);
  }
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
  for (let places = 0; places < placesMax; places += 1) {
    const found = await findPlace(control, piece);
    if (!found.ok) return found;
    control.onProgress(found.value);
    const sent = await sendFrom(engine, piece, control, found.value);
    if (!sent.ok && sent.refusal.code === 'evidence-upload-closed') return ok({ isWhole: true });
    if (sent.ok || sent.refusal.code !== 'evidence-offset-differs') return sent;
  }
  return refuse('evidence-offset-differs');
}
