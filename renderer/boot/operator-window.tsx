import { createRoot, hydrateRoot } from 'react-dom/client';
import type { AppView, ScreenBridge } from '../../contracts/ipc/index.ts';
import { callSafely } from '../bridge/index.ts';
import { OperatorWindow } from '../shell/index.ts';
import type { EarlyInput } from './early-input.ts';
import { screenOf } from './first-screen.ts';

/** Styles of single elements, which came as data since no style attribute of the page's text counts. */
function takeStyles(root: HTMLElement): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset['style'] ?? '';
    delete element.dataset['style'];
  }
}

/**
 * Puts the window behind the screen that is already painted, and gives it what was pressed and written meanwhile. Where main
 * sent none, or the application is by now elsewhere, the window is drawn from nothing, and what was pressed is dropped.
 */
export async function startOperatorWindow(root: HTMLElement, early: EarlyInput): Promise<void> {
  // Put there by the preload before any script of the page runs.
  const { qorgan } = window as unknown as { readonly qorgan: ScreenBridge };
  const answer = await callSafely(qorgan, 'app.get', null);
  const first: AppView | undefined = answer.ok ? answer.value : undefined;
  const isSame = first !== undefined && root.dataset['screen'] === screenOf(first);
  const given = isSame ? early.take() : early.drop();
  const element = <OperatorWindow bridge={qorgan} clock={() => Date.now()} first={first} onStanding={given} />;
  if (isSame) {
    takeStyles(root);
    hydrateRoot(root, element);
    return;
  }
  root.replaceChildren();
  createRoot(root).render(element);
}
