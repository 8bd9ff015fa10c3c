import { scanUploads, type Row } from '../store/index.ts';
import type { AntivirusRefusal } from './antivirus.ts';
import type { EvidenceContext } from './context.ts';
import { examine } from './examine.ts';
import type { UploadName } from './upload-row.ts';

/** An antivirus that was down is asked again this soon. */
const retryAfterMs = 5_000;

/** The loop that gives what is in quarantine its verdict, one at a time. */
export type Quarantine = {
  /** Tells that something came in. */
  readonly wake: () => void;
  /** Why an upload has no verdict yet; `undefined` before it was tried. */
  readonly waitsFor: (name: UploadName) => AntivirusRefusal | undefined;
  /** Ends the loop after the examination under way. */
  readonly stop: () => Promise<void>;
};

/** Starts the loop. What fails for one upload is told, and does not hold up the others. */
export function startQuarantine(context: EvidenceContext): Quarantine {
  const waiting = new Map<string, AntivirusRefusal>();
  const keyOf = ({ device, sha256 }: { readonly device: string; readonly sha256: string }) => `${device}.${sha256}`;
  let isStopped = false;
  let isAwake = true;
  let wakeUp: () => void = () => undefined;

  async function tryOne(row: Row<'evidence_upload'>): Promise<void> {
    try {
      const examined = await examine(context, row);
      if (examined.state === 'quarantined') waiting.set(keyOf(row), examined.waits);
      else waiting.delete(keyOf(row));
    } catch (error) {
      context.onTrouble(error);
    }
  }

  async function round(): Promise<void> {
    for await (const rows of scanUploads(context.platform.database, 'quarantined')) {
      for (const row of rows) {
        if (isStopped) return;
        await tryOne(row);
      }
    }
  }

  async function pause(): Promise<void> {
    if (isAwake || isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, retryAfterMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    while (!isStopped) {
      await pause();
      isAwake = false;
      // The database may be away; what waits is in it, and is found again.
      if (!isStopped) await round().catch(context.onTrouble);
    }
  }

  const done = loop();
  return {
    wake: () => {
      isAwake = true;
      wakeUp();
    },
    waitsFor: (name) => waiting.get(keyOf(name)),
    stop: async () => {
      isStopped = true;
      wakeUp();
      await done;
    },
  };
}
