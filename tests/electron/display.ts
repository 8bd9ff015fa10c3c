import { startDisplay } from '../../build/display.mjs';

let started: Promise<string> | undefined;

/** The display of the environment, or a virtual one that lives as long as this process. */
export function displayOfTests(): Promise<string> {
  const given = process.env['DISPLAY'];
  if (given !== undefined && given !== '') return Promise.resolve(given);
  started ??= startDisplay({ width: 1_920, height: 1_080 }).then(({ display }) => display);
  return started;
}
