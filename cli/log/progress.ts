import { words, type Locale } from '../../locales/index.ts';
import type { Progress } from '../../server/boot/index.ts';

/** What ends within this says nothing on the way. */
const quietMs = 1_000;

/** Says on the error stream how far a long work is, at most once a second. */
export function tellProgress(locale: Locale, nowMs: () => number): Progress {
  let lastMs = nowMs();
  return (phase, done, total) => {
    if (nowMs() - lastMs < quietMs) return;
    lastMs = nowMs();
    process.stderr.write(`${words(locale, `cli.log.progress.${phase}`, { done, total })}\n`);
  };
}
