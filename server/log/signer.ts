import {
  checkpointText,
  cosignedMessage,
  formatNote,
  timedSignature,
  type Checkpoint,
  type NoteKey,
  type NoteSignature,
} from '../../core/log/index.ts';

/** Who signs the heads of a log. */
export type LogSigner = {
  /** Ed25519 keys by which this process believes the heads that it stored; the first is the present one, and its name the origin. */
  readonly keys: readonly [NoteKey, ...NoteKey[]];
  /** The signed note of a head of this log. Slow signatures are made aside: the thread of the caller goes on. */
  readonly sign: (head: Omit<Checkpoint, 'origin'>, atMs: number) => Promise<string>;
  /** Rejects with `SigningRefused` where a head could not be signed now. */
  readonly tryOut: () => Promise<void>;
};

/** Signed to see whether a key signs; no head begins so, since an origin has another form. */
const tryOutText = 'qorgan.log-key-try-out/1\n';

type Signing<Message> = {
  readonly key: NoteKey;
  readonly sign: (message: Message) => Uint8Array | Promise<Uint8Array>;
};

const lineOf = ({ name, id }: NoteKey, signature: Uint8Array): NoteSignature => ({ name, id, signature });

/** The lines of one key pair: the Ed25519 signature that a receipt needs, then the ML-DSA-44 one (`subtree/v1`) beside it. */
export function logSigner(options: {
  readonly ed25519: Signing<string>;
  readonly mlDsa44?: Signing<Uint8Array> | undefined;
}): LogSigner {
  const { ed25519, mlDsa44 } = options;
  const origin = ed25519.key.name;
  return {
    keys: [ed25519.key],
    sign: async (head, atMs) => {
      const checkpoint = { origin, ...head };
      const text = checkpointText(checkpoint);
      const atSeconds = Math.floor(atMs / 1_000);
      const [plain, timed] = await Promise.all([
        ed25519.sign(text),
        mlDsa44?.sign(cosignedMessage({ cosigner: mlDsa44.key.name, atSeconds, checkpoint })),
      ]);
      const beside =
        mlDsa44 === undefined || timed === undefined ? [] : [lineOf(mlDsa44.key, timedSignature(atSeconds, timed))];
      return formatNote({ text, signatures: [lineOf(ed25519.key, plain), ...beside] });
    },
    tryOut: async () => {
      await ed25519.sign(tryOutText);
    },
  };
}

/** One signer until the size at which the next takes over; the head at that very size carries the lines of both. */
export function signerAcross(before: LogSigner, after: LogSigner, fromSize: number): LogSigner {
  return {
    keys: [...after.keys, ...before.keys],
    sign: async (head, atMs) => {
      if (head.size < fromSize) return before.sign(head, atMs);
      const note = await after.sign(head, atMs);
      if (head.size > fromSize) return note;
      const older = await before.sign(head, atMs);
      return older + note.slice(note.indexOf('\n\n') + 2);
    },
    tryOut: async () => {
      await Promise.all([before.tryOut(), after.tryOut()]);
    },
  };
}
