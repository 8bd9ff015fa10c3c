import { readdirSync, readFileSync } from 'node:fs';
import { relative, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tiles } from './make-tiles.ts';

const folder = resolve(import.meta.dirname, 'tiles');

describe('the golden log as it is served', () => {
  it('has these files, recomputed to the last byte', () => {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    expect(found.toSorted()).toEqual(Object.keys(tiles).toSorted());
    for (const [name, bytes] of Object.entries(tiles)) expect(readFileSync(join(folder, name)).equals(Buffer.from(bytes)), name).toBe(true);
  });
});
