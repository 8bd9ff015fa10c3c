import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { compiledFolder } from './build/paths.mjs';

const outside = ['**/node_modules/**', '**/dist/**', '**/out/**', '**/.runtime/**', '**/.data/**'];

/** Each folder of tests is a suite of its own; whatever stands beside the code is the suite `unit`. */
const suites = readdirSync('tests', { withFileTypes: true }).filter((entry) => entry.isDirectory());

// Processes that tests start read hundreds of sources, most of them in every process.
const env = { NODE_COMPILE_CACHE: compiledFolder };

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
