import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One number against its yardstick, both taken in the same interleaved run. */
export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
};

type Bench = { readonly measure: () => Promise<readonly Measure[]> };

function isBench(module: unknown): module is Bench {
  return typeof module === 'object' && module !== null && 'measure' in module && typeof module.measure === 'function';
}

const asJson = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && !file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.includes(file.slice(0, -3)));

for (const file of files) {
  const module: unknown = await import(pathToFileURL(join(import.meta.dirname, file)).href);
  if (!isBench(module)) continue;
  for (const measure of await module.measure()) {
    const { name, value, unit, baseline, ratio } = measure;
    const line = asJson
      ? JSON.stringify({ name, value, unit, baseline, ratio })
      : `${name}: ${value.toFixed(2)} ${unit} (yardstick ${baseline.toFixed(2)}, ratio ${ratio.toFixed(2)})`;
    process.stdout.write(`${line}\n`);
  }
}
