import { app } from 'electron';
import { join } from 'node:path';
import { lookOf, operatorAddress } from '../windows/index.ts';
import type { DrawnPage } from '../security/index.ts';

/**
 * The screen that the operator's window starts with, drawn when the pages were built: locked or not enrolled, in the language of
 * the preferences. It says no more than the hints beside the vault do; the page asks main before it answers to anybody.
 * `undefined` where the page has to draw itself: any other page, and a demo, whose cards are listed.
 */
export async function chooseFirstPage(options: {
  readonly pages: string;
  readonly directory: string;
  readonly address: string;
}): Promise<DrawnPage | undefined> {
  if (options.address !== operatorAddress) return undefined;
  const { openLocalFiles } = await import('../local-files/index.ts');
  const files = openLocalFiles(options.directory);
  const hints = files.hints();
  if (hints?.profile === 'demo') return undefined;
  const { locale, colourScheme, density } = files.preferences();
  const phase = hints === undefined ? 'not-enrolled' : 'locked';
  return {
    file: join(options.pages, 'first', `${phase}-${locale}.html`),
    values: {
      density,
      scheme: lookOf(colourScheme),
      operatorName: hints?.operatorName ?? '',
      deviceName: hints?.deviceName ?? '',
      version: app.getVersion(),
    },
  };
}
