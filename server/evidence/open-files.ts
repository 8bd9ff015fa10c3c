import { refuse, type Result } from '../../core/kernel/index.ts';
import type { UploadFile } from './upload-file.ts';

/** A device asks one thing at a time of an upload; a few more are those whose lines were cut. */
const waitingMax = 8;
/** Files held open; a device sends one at a time. */
const openFilesMax = 128;

/** Files of uploads that are held open, each used by one request at a time. */
export type OpenFiles = {
  /** True where `inTurn` would refuse. */
  readonly isBusy: (name: string) => boolean;
  /** Runs `work` when all that came before it for this name is done; more than eight waiting are refused. */
  readonly inTurn: <T, Code extends string>(
    name: string,
    work: () => Promise<Result<T, Code>>,
  ) => Promise<Result<T, Code | 'evidence-upload-busy'>>;
  /** The open file, if it is held. To be called within a turn. */
  readonly held: (name: string) => UploadFile | undefined;
  /** Holds a file; another one that nobody uses may be closed for it. To be called within a turn. */
  readonly hold: (name: string, file: UploadFile) => Promise<void>;
  /** Closes a file. To be called within a turn. */
  readonly drop: (name: string) => Promise<void>;
  /** Closes all, once what is under way is done. */
  readonly close: () => Promise<void>;
};

export function createOpenFiles(): OpenFiles {
  const queues = new Map<string, { last: Promise<unknown>; length: number }>();
  const files = new Map<string, UploadFile>();

  async function drop(name: string): Promise<void> {
    const file = files.get(name);
    files.delete(name);
    await file?.close();
  }

  const isBusy = (name: string): boolean => (queues.get(name)?.length ?? 0) > waitingMax;

  return {
    isBusy,
    inTurn: async (name, work) => {
      const queue = queues.get(name) ?? { last: Promise.resolve(), length: 0 };
      if (isBusy(name)) return refuse('evidence-upload-busy');
      queues.set(name, queue);
      queue.length += 1;
      // Whoever failed before has told his own caller.
      const mine = queue.last.catch(() => undefined).then(work);
      queue.last = mine;
      try {
        return await mine;
      } finally {
        queue.length -= 1;
        if (queue.length === 0) queues.delete(name);
      }
    },
    held: (name) => files.get(name),
    hold: async (name, file) => {
      const idle = files.size < openFilesMax ? undefined : [...files.keys()].find((other) => !queues.has(other));
      files.set(name, file);
      if (idle !== undefined) await drop(idle);
    },
    drop,
    close: async () => {
      await Promise.allSettled([...queues.values()].map(({ last }) => last));
      for (const name of files.keys()) await drop(name);
    },
  };
}
