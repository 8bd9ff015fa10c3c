import { BrowserWindow, nativeTheme } from 'electron';
import { lockedSession, serveApp, appOrigin, type ChoosePage } from '../security/index.ts';
import { sealedPreferences } from './web-preferences.ts';

export const operatorAddress = `${appOrigin}/operator.html`;

const background = { light: '#f6f7f8', dark: '#14181b' } as const;

export type WindowFiles = { readonly pages: string; readonly preloads: string };

/** The look that a wish comes to on this system. */
export function lookOf(scheme: 'light' | 'dark' | 'auto'): 'light' | 'dark' {
  return scheme === 'auto' ? (nativeTheme.shouldUseDarkColors ? 'dark' : 'light') : scheme;
}

export function backgroundOf(scheme: 'light' | 'dark' | 'auto'): string {
  return background[lookOf(scheme)];
}

/** The one window that the operator works in. Shown as soon as it has something to show. */
export function openOperatorWindow(
  files: WindowFiles,
  look: {
    readonly colourScheme: 'light' | 'dark' | 'auto';
    readonly isPackaged: boolean;
    readonly choosePage: ChoosePage;
  },
): BrowserWindow {
  const session = lockedSession('operator');
  serveApp(session, files.pages, look.choosePage);
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
  return window;
}
