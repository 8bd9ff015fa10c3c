import { useEffect, useRef } from 'react';

/** Keys by their place on the keyboard, so that they work in every layout: `KeyJ`, `ctrl+KeyK`, `ArrowDown`. */
export type KeyMap = Readonly<Record<string, () => void>>;

const textTypes = new Set(['text', 'search', 'password', 'email', 'number', 'tel', 'url']);

/** True where a plain letter belongs to what a person writes, so that it is no command. */
export function isWriting(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) return textTypes.has(target.type);
  return target instanceof HTMLElement && target.isContentEditable;
}

/** The name of a key press in a `KeyMap`. */
export function keyName(event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const parts = [
    event.ctrlKey || event.metaKey ? 'ctrl+' : '',
    event.altKey ? 'alt+' : '',
    event.shiftKey ? 'shift+' : '',
  ];
  return parts.join('') + (event.code === 'NumpadEnter' ? 'Enter' : event.code);
}

const isModified = (name: string): boolean => name.startsWith('ctrl+') || name.startsWith('alt+');

/** Listens to keys of the whole window while mounted; plain ones are left alone while a person writes or a sheet is open. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = keyName(event);
      const command = latest.current[name];
      if (command === undefined) return;
      const isBusy = isWriting(event.target) || document.querySelector('[role="dialog"], [role="menu"]') !== null;
      if (isBusy && !isModified(name)) return;
      event.preventDefault();
      command();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
