import { setFlagsFromString } from 'node:v8';

/** In per cent of what lives: four times it, the most to which V8 lets a heap grow by itself. */
const growth = 300;

/**
 * Lets the heap grow by as much as V8 ever would before all of it is marked anew. V8 counts the bytes of bodies that pass by, which lie
 * outside of the heap and die at once, as its growth: left alone, it marks the whole heap for every 15 MB that are uploaded.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${growth}`);
}
