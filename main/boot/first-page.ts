import { app } from 'electron';
import { join } from 'node:path';
import { lookOf, operatorAddress } from '../windows/index.ts';
import type { AppView } from '../../contracts/ipc/index.ts';
import type { DrawnPage } from '../security/index.ts';

const phases = ['not-enrolled', 'locked'] as const satisfies readonly AppView['phase'][];
const locales = ['kk', 'ru', 'en'] as const satisfies readonly AppView['preferences']['locale'][];

type Named = { readonly name: string; readonly file: string };

function firstPage(pages: string, phase: (typeof phases)[number], locale: (typeof locales)[number]): Named {
  const name = `${phase}-${locale}`;
  return { name, file: join(pages, 'first', `${name}.html`) };
}

/** Every page that a start can show drawn ahead. */
export function firstPages(pages: string): readonly Named[] {
  return phases.flatMap((phase) => locales.map((locale) => firstPage(pages, phase, locale)));
}

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
    file: firstPage(options.pages, phase, locale).file,
    values: {
      density,
      scheme: lookOf(colourScheme),
      operatorName: hints?.operatorName ?? '',
      deviceName: hints?.deviceName ?? '',
      version: app.getVersion(),
    },
  };
}
