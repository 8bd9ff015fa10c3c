import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const outside = ['**/node_modules/**', '**/dist/**', '**/out/**', '**/.runtime/**', '**/.data/**'];

/** Each folder of tests is a suite of its own; whatever stands beside the code is the suite `unit`. */
const suites = readdirSync('tests', { withFileTypes: true }).filter((entry) => entry.isDirectory());

// Processes that tests start read hundreds of sources; what Node made of them once is kept by their content.
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') };

const shared = { pool: 'forks', maxWorkers: 2, testTimeout: 30_000, hookTimeout: 60_000, env } as const;

export default defineConfig({
  test: {
    ...shared,
    passWithNoTests: true,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...outside, 'tests/**'],
        },
      },
      ...suites.map(({ name }) => ({
        test: {
          ...shared,
          name,
          include: [`tests/${name}/**/*.test.ts`],
          exclude: outside,
          fileParallelism: name === 'architecture',
        },
      })),
    ],
  },
});
