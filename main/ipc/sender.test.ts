import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import { expect, test } from 'vitest';
import { isOwnPage } from './sender.ts';

const address = 'app://qorgan/operator.html';

/** A window as far as its door looks at it, and a call from its page. */
function world() {
  const mainFrame = { url: address };
  const webContents = { mainFrame };
  const window = { webContents, isDestroyed: () => false };
  const call = { sender: webContents, senderFrame: mainFrame };
  return { window, call, mainFrame };
}

const isOurs = (call: object, window: object | undefined): boolean =>
  isOwnPage(call as IpcMainInvokeEvent, window as BrowserWindow | undefined, address);

test('the page of the window itself is answered', () => {
  const { window, call } = world();
  expect(isOurs(call, window)).toBe(true);
});

test('a frame within the page, the page of another window, a page led elsewhere, and a frame that is gone are not', () => {
  const { window, call, mainFrame } = world();
  const inner = { url: address };
  expect(isOurs({ ...call, senderFrame: inner }, window)).toBe(false);
  expect(isOurs({ sender: { mainFrame }, senderFrame: mainFrame }, window)).toBe(false);
  expect(isOurs({ ...call, senderFrame: null }, window)).toBe(false);
  expect(isOurs(call, { ...window, isDestroyed: () => true })).toBe(false);
  expect(isOurs(call, undefined)).toBe(false);
  for (const elsewhere of ['about:blank', 'app://qorgan/prompt.html', `${address}?more`, 'https://example.com/']) {
    const led = { url: elsewhere };
    const contents = { mainFrame: led };
    expect(isOurs({ sender: contents, senderFrame: led }, { ...window, webContents: contents })).toBe(false);
  }
});
