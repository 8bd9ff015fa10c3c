import type { Session, WebPreferences } from 'electron';

/** Every switch that matters is named, so that no default of a later Electron opens a window. */
export function sealedPreferences(options: {
  readonly session: Session;
  readonly preload: string;
  readonly isPackaged: boolean;
}): WebPreferences {
  return {
    session: options.session,
    preload: options.preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    disableDialogs: true,
    autoplayPolicy: 'user-gesture-required',
    disableBlinkFeatures: 'Auxclick',
    devTools: !options.isPackaged,
  };
}
