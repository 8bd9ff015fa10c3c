import { contextBridge, ipcRenderer } from 'electron';
import { channelOf, type WindowKind } from '../contracts/bridge/index.ts';

/**
 * Puts `call` and `on` on the page under one name. Only the listed names pass; the page sees neither channels nor the
 * event object, which would hand it `ipcRenderer`.
 */
export function expose(options: {
  readonly kind: WindowKind;
  readonly as: string;
  readonly verbs: readonly string[];
  readonly events: readonly string[];
}): void {
  const { kind, as: name, verbs, events } = options;
  contextBridge.exposeInMainWorld(name, {
    call: (verb: string, input: unknown): Promise<unknown> => {
      if (!verbs.includes(verb)) throw new Error('no such verb');
      return ipcRenderer.invoke(channelOf(kind, verb), input);
    },
    on: (event: string, listener: () => void): (() => void) => {
      if (!events.includes(event)) throw new Error('no such event');
      const channel = channelOf(kind, event);
      const hear = (): void => listener();
      ipcRenderer.on(channel, hear);
      return () => void ipcRenderer.removeListener(channel, hear);
    },
  });
}
