import { keepEarlyInput } from './early-input.ts';

// This small file is all that the page needs for its first paint. Where main sent the first screen ready drawn, the scripts
// behind it are fetched once it is painted: they would take the processor from it.
const root = document.querySelector<HTMLElement>('#root');
if (root === null) throw new Error('boot: the page has no root');
const isDrawn = root.childElementCount > 0;
const early = keepEarlyInput(document);

/** A page that is not painted, since nobody can see it, does not wait for ever. */
const paintedMaxMs = 500;

function afterFirstPaint(): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, paintedMaxMs);
    new PerformanceObserver(() => settle()).observe({ type: 'paint', buffered: true });
  });
}

if (isDrawn) await afterFirstPaint();
const { startOperatorWindow } = await import('./operator-window.tsx');
await startOperatorWindow(root, early);
