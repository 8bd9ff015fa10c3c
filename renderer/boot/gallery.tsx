import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Gallery, states } from '../gallery/index.ts';

const element = document.querySelector('#root');
if (element === null) throw new Error('boot: the page has no root');
const root = createRoot(element);
const missing: string[] = [];
let shown = 0;

/** Shows a state in a world of its own: nothing of what stood here before is left. */
function show(query: string): void {
  shown += 1;
  flushSync(() =>
    root.render(<Gallery key={shown} query={query} onMissing={(message) => void missing.push(message)} />),
  );
}

// What walks the gallery reads the names of the states and the words that were missing, and goes from state to state.
Object.assign(window, { qorganGallery: { states: Object.keys(states), missing, show } });
show(location.search);
