export { Gallery } from './gallery.tsx';
export { states } from './states.ts';
