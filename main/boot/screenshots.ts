import type { BrowserWindow } from 'electron';
import { randomUUID } from 'node:crypto';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { OperatorInput, OperatorOutput, ScreenshotView } from '../../contracts/ipc/index.ts';
import type { Workstation } from '../engine/index.ts';

/** The largest window that we serve, 8 K, gives a PNG below this; more is not a picture of a window. */
const pictureMaxBytes = 32 * 1_048_576;

type Picture = { readonly id: string; readonly bytes: Buffer; readonly takenAtMs: number };

/** The one picture of the operator's window that waits for its reason. It is in memory only, and the next one takes its place. */
export class Screenshots {
  #picture: Picture | undefined;

  /** Pictures this window by what it shows itself: neither another window nor the rest of the screen can be in it. */
  async take(window: BrowserWindow): Promise<Result<ScreenshotView>> {
    const image = await window.webContents.capturePage();
    const bytes = image.toPNG();
    if (image.isEmpty() || bytes.length > pictureMaxBytes) return refuse('screenshot-failed');
    this.forget();
    const takenAtMs = Date.now();
    const id = randomUUID();
    this.#picture = { id, bytes, takenAtMs };
    const { width, height } = image.getSize();
    const picture = `data:image/png;base64,${bytes.toString('base64')}`;
    return ok({ id, picture, width, height, sizeBytes: bytes.length, takenAtMs });
  }

  /** Records the picture that was shown, and no other. */
  async keep(
    workstation: Workstation,
    { id, reason, caseId }: OperatorInput<'screenshot.keep'>,
  ): Promise<Result<OperatorOutput<'screenshot.keep'>>> {
    const picture = this.#picture;
    if (picture?.id !== id) return refuse('screenshot-absent');
    const recorded = await workstation.recordEvidence({
      bytes: picture.bytes,
      ...{ mediaType: 'image/png', class: 'screenshot', reason, capturedAtMs: picture.takenAtMs, caseId },
    });
    if (recorded.ok) this.drop(id);
    return recorded;
  }

  drop(id: string): void {
    if (this.#picture?.id === id) this.forget();
  }

  forget(): void {
    this.#picture?.bytes.fill(0);
    this.#picture = undefined;
  }
}
