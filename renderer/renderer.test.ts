import { describe, expect, it } from 'vitest';

type Sources = Readonly<Record<string, string>>;

const sources = import.meta.glob<string>(['./**/*.ts', './**/*.tsx', '!./**/*.test.ts', '!./vite.config.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

const where = (files: Sources, pattern: RegExp): readonly string[] =>
  Object.keys(files).filter((path) => pattern.test(files[path] ?? ''));

const outsideKit = (files: Sources): readonly string[] =>
  where(files, /['"]@mantine\//u).filter((path) => !path.startsWith('./kit/'));
const kept = (files: Sources): readonly string[] =>
  where(files, /\b(?:localStorage|sessionStorage|indexedDB|caches)\.|document\.cookie/u);
const raw = (files: Sources): readonly string[] =>
  where(
    files,
    /dangerouslySetInnerHTML|\.innerHTML|\beval\(|new Function\(|(?<!query\.)\bfetch\(|XMLHttpRequest|WebSocket/u,
  );
const ownTime = (files: Sources): readonly string[] =>
  where(files, /Date\.now\(|new Date\(\)|Math\.random\(/u).filter((path) => !path.startsWith('./boot/'));

describe('the pages', () => {
  it('are all read by this test', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(40);
  });

  it('name the component library in the kit only', () => {
    expect(outsideKit(sources)).toEqual([]);
    expect(outsideKit({ './screens/planted.tsx': "import { Button } from '@mantine/core';" })).toEqual([
      './screens/planted.tsx',
    ]);
  });

  it('keep nothing in the browser (57-26.2)', () => {
    expect(kept(sources)).toEqual([]);
    expect(kept({ './planted.ts': "localStorage.setItem('a', 'b')" })).toEqual(['./planted.ts']);
  });

  it('write no raw HTML, run no text and connect to nothing', () => {
    expect(raw(sources)).toEqual([]);
    expect(raw({ './planted.ts': 'element.innerHTML = text' })).toEqual(['./planted.ts']);
  });

  it('make time and chance in boot only', () => {
    expect(ownTime(sources)).toEqual([]);
    expect(ownTime({ './planted.ts': 'const at = Date.now();' })).toEqual(['./planted.ts']);
  });
});
