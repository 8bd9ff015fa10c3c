import type { SpawnOptions } from 'node:child_process';

export class SetUpError extends Error {}

export function runKeeping(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly mostMs: number },
): Promise<{ readonly exitCode: number; readonly output: string }>;
