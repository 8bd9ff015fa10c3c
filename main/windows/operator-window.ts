import { BrowserWindow, nativeTheme } from 'electron';
import { lockedSession, serveApp, appOrigin } from '../security/index.ts';
import { sealedPreferences } from './web-preferences.ts';

export const operatorAddress = `${appOrigin}/operator.html`;

const background = { light: '#f6f7f8', dark: '#14181b' } as const;

export type WindowFiles = { readonly pages: string; readonly preloads: string };

export function backgroundOf(scheme: 'light' | 'dark' | 'auto'): string {
  const isDark = scheme === 'dark' || (scheme === 'auto' && nativeTheme.shouldUseDarkColors);
  return isDark ? background.dark : background.light;
}

export type OpenedWindow = {
  readonly window: BrowserWindow;
  /** Settles when the page was given its files, or has no use for them. */
  readonly isServed: Promise<void>;
};

/** The one window that the operator works in. Shown as soon as it has something to show. */
export function openOperatorWindow(
  files: WindowFiles,
  look: { readonly colourScheme: 'light' | 'dark' | 'auto'; readonly isPackaged: boolean },
): OpenedWindow {
  const session = lockedSession('operator');
  const isServed = serveApp(session, files.pages);
  const window = new BrowserWindow({
    width: 1_366,
    height: 768,
    minWidth: 1_100,
    minHeight: 640,
    show: false,
    title: 'Qorgan',
    autoHideMenuBar: true,
    backgroundColor: backgroundOf(look.colourScheme),
    webPreferences: sealedPreferences({
      session,
      preload: `${files.preloads}/operator.cjs`,
      isPackaged: look.isPackaged,
    }),
  });
  window.setMenu(null);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(operatorAddress);
  return { window, isServed };
}
