import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { exportPlatformLog, type RangeEnd } from '../../server/boot/index.ts';
import { misuse, parseAt, refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from '../server/index.ts';
import { guideOf } from './guide.ts';

/** The single file that goes into each package; the same relative place in development and in the installed product. */
const verifierFile = join(import.meta.dirname, '../../dist/log-verifier/verify.mjs');
const dayMs = 86_400_000;

/** Reads an end of a range: an index of the log, ISO 8601 with its zone, or a day, which is whole and in the legal time of Kazakhstan. */
export function rangeEnd(text: string, side: 'from' | 'to'): RangeEnd | undefined {
  if (/^(?:0|[1-9]\d{0,11})$/u.test(text)) return { index: Number(text) };
  const isDay = /^\d{4}-\d{2}-\d{2}$/u.test(text);
  const atMs = isDay ? parseAt(`${text}T00:00:00+05:00`) : /^\d+$/u.test(text) ? undefined : parseAt(text);
  if (atMs === undefined) return undefined;
  return { atMs: isDay && side === 'to' ? atMs + dayMs : atMs };
}

async function readVerifier(): Promise<Uint8Array | undefined> {
  try {
    return await readFile(verifierFile);
  } catch {
    return undefined;
  }
}

/** `qorgan log export`: a package of a range of the log for whoever checks it. It holds personal data, and its making is recorded as a reading. */
export const logExport: Command = {
  shape: {
    operands: [],
    options: { ...placeOptions, from: 'required', to: 'required', out: 'required', 'with-media': 'flag' },
  },
  run: async (given, around) => {
    const { locale } = around;
    const ends = { from: rangeEnd(given.required('from'), 'from'), to: rangeEnd(given.required('to'), 'to') };
    const wrong = (['from', 'to'] as const).find((side) => ends[side] === undefined);
    if (ends.from === undefined || ends.to === undefined)
      return misuse(locale, 'cli.error.range-malformed', {
        option: `--${wrong}`,
        value: given.required(wrong ?? 'from'),
      });
    const verifier = await readVerifier();
    if (verifier === undefined) return misuse(locale, 'cli.error.verifier-missing');
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const folder = resolve(given.required('out'));
    const exported = await exportPlatformLog(found.place, {
      from: ends.from,
      to: ends.to,
      place: folder,
      verifier,
      withMedia: given.has('with-media'),
      guides: (manifest, firstAct) => ({
        ru: guideOf('ru', manifest, firstAct),
        kk: guideOf('kk', manifest, firstAct),
      }),
    });
    found.place.passphrase?.wipe();
    if (!exported.ok) return refused(locale, exported.refusal);
    const { from, to, size, entries, destroyed, context, media, mediaAbsent } = exported.value;
    return {
      exit: 0,
      facts: { folder, from, to, size, entries, destroyed, context, media, mediaAbsent },
      lines: [words(locale, 'cli.log.exported', { folder, from, to, destroyed, media })],
    };
  },
};
