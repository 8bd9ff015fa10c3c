import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';

/** True where the call comes from the top frame of this very window while it shows the page that main loaded into it. */
export function isOwnPage(event: IpcMainInvokeEvent, window: BrowserWindow | undefined, address: string): boolean {
  if (window === undefined || window.isDestroyed() || event.sender !== window.webContents) return false;
  const frame = event.senderFrame;
  return frame !== null && frame === window.webContents.mainFrame && frame.url === address;
}
