import type { Tell } from '../demo/index.ts';

/** Says each step when it begins and how long it took when it ends. */
export const tellSteps: Tell = (step) => {
  const startedAtMs = performance.now();
  process.stdout.write(`  … ${step}\n`);
  return (detail) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    process.stdout.write(`  ✓ ${step}: ${seconds} s${detail === undefined ? '' : ` (${detail})`}\n`);
  };
};

/** One step with its end. */
export async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const end = tellSteps(name);
  const value = await run();
  end();
  return value;
}
