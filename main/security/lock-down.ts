import { app, session as sessions, type Session, type WebContents } from 'electron';
import { appOrigin } from './scheme.ts';

/** Ways into a running application that a user of the machine could open from the command line; tests of the unpackaged build use them. */
const debugSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
] as const;

/** What would weaken the pages of any build. */
const weakeningSwitches = [
  'js-flags',
  'disable-web-security',
  'load-extension',
  'ignore-certificate-errors',
  'unsafely-treat-insecure-origin-as-secure',
  'proxy-server',
  'log-net-log',
] as const;

function closeContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** First thing in main: closes debug doors, and every page that will ever be opened against leaving its place. */
export function lockDownApp(): void {
  for (const name of app.isPackaged ? [...debugSwitches, ...weakeningSwitches] : weakeningSwitches)
    app.commandLine.removeSwitch(name);
  app.commandLine.appendSwitch('disable-features', 'SpareRendererForSitePerProcess,MediaRouter,DialMediaRouteProvider');
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('no-pings');
  app.on('web-contents-created', (_event, contents) => closeContents(contents));
}

function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => {
    const isOurs = details.url.startsWith(`${appOrigin}/`) || details.url.startsWith('data:image/');
    answer({ cancel: !isOurs && !details.url.startsWith('devtools://') });
  });
}

/**
 * A session in memory for one kind of window: nothing of it reaches the disk, no permission is ever granted, no address
 * but our own is ever asked. The default session, which no window uses, is closed the same way.
 */
export function lockedSession(name: string): Session {
  const session = sessions.fromPartition(`qorgan-${name}`, { cache: false });
  lockDownSession(session);
  return session;
}

/** Closes the session that Electron makes on its own. */
export function lockDownDefaultSession(): void {
  lockDownSession(sessions.defaultSession);
}
