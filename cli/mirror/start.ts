import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Result } from '../../core/kernel/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import {
  startMirror,
  type BlobRefusal,
  type BlobsPulled,
  type Pulled,
  type PullRefusal,
} from '../../server/mirror/index.ts';
import {
  listenOf,
  misuse,
  periodOf,
  readTlsFiles,
  refused,
  tlsOptions,
  type Answer,
  type Command,
} from '../kit/index.ts';

const everyDay = '24h';

/** How a round ended; the exit status of the program does not hang on it, since the next round comes. */
function roundAnswer(locale: Locale, round: Result<Pulled, PullRefusal>): Answer {
  if (!round.ok) return refusedRound(locale, round.refusal);
  const { size, added, isCosigned } = round.value;
  const id = isCosigned ? 'cli.mirror.pulled' : 'cli.mirror.pulled-alarmed';
  const facts = { event: 'pulled', size, added, isCosigned };
  return { exit: isCosigned ? 0 : 1, facts, lines: [words(locale, id, { size, added })] };
}

function refusedRound(locale: Locale, refusal: Parameters<typeof refused>[1]): Answer {
  const { facts, lines } = refused(locale, refusal);
  return { exit: 1, facts: { event: 'refused', ...facts, ...refusal.details }, lines };
}

function evidenceAnswer(locale: Locale, round: Result<BlobsPulled, BlobRefusal>): Answer {
  if (!round.ok) return refusedRound(locale, round.refusal);
  const facts = { event: 'evidence-pulled', ...round.value };
  return { exit: 0, facts, lines: [words(locale, 'cli.mirror.evidence', { ...round.value })] };
}

/** `qorgan mirror start`: pulls at once and then by its period, says how each round ended, and answers until it is asked to stop. */
export const mirrorStart: Command = {
  shape: {
    operands: [],
    options: { directory: 'required', listen: 'required', every: 'optional', ...tlsOptions },
  },
  run: async (given, around) => {
    const { locale, tell } = around;
    const address = given.required('listen');
    const listen = listenOf(address);
    if (listen === undefined) return misuse(locale, 'cli.error.address-malformed', { address });
    const period = given.option('every') ?? everyDay;
    const everyMs = periodOf(period);
    if (everyMs === undefined) return misuse(locale, 'cli.error.period-malformed', { period });
    const files = await readTlsFiles(given, around);
    if ('answer' in files) return files.answer;
    const started = await startMirror({
      folder: resolve(given.required('directory')),
      ...{ listen, everyMs, tls: files.tls },
      nowMs: around.nowMs,
      onStarted: ({ url, keys, origin }) =>
        tell({
          exit: 0,
          facts: { event: 'started', url, keys, origin },
          lines: [words(locale, 'cli.mirror.started', { url, origin })],
        }),
      onRound: (round) => tell(roundAnswer(locale, round)),
      onEvidence: (round) => tell(evidenceAnswer(locale, round)),
      onBug: (bug) => around.noteBug(randomUUID(), bug instanceof Error ? (bug.stack ?? bug.message) : 'not an error'),
    });
    if (!started.ok) return refused(locale, started.refusal);
    await around.stopAsked();
    await started.value.close();
    return { exit: 0, facts: { event: 'stopped' }, lines: [words(locale, 'cli.mirror.stopped')] };
  },
};
