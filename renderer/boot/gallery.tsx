import { createRoot } from 'react-dom/client';
import { Gallery, states } from '../gallery/index.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('boot: the page has no root');
const missing: string[] = [];
// What walks the gallery reads the names of the states and the words that were missing.
Object.assign(window, { qorganGallery: { states: Object.keys(states), missing } });
createRoot(root).render(<Gallery query={location.search} onMissing={(message) => missing.push(message)} />);
