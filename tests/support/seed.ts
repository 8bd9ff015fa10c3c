const seedMax = 2 ** 31;

/**
 * Parameters for `fc.assert`, with a seed that is printed even when all is well, so that any run can be played again:
 * `QORGAN_SEED=<seed>`.
 */
export function seeded(what: string, numRuns: number): { readonly seed: number; readonly numRuns: number } {
  const given = Number(process.env['QORGAN_SEED']);
  const seed = Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * seedMax);
  process.stdout.write(`seed ${seed}: ${what}\n`);
  return { seed, numRuns };
}
