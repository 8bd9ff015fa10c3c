import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { checkMirror, holdMirror } from '../../server/mirror/index.ts';
import { refused, timeText, type Command } from '../kit/index.ts';

/** `qorgan mirror check`: 0 where everything is whole and no alarm stands. The mirror must not run meanwhile. */
export const mirrorCheck: Command = {
  shape: { operands: [], options: { directory: 'required' } },
  run: async (given, { locale, nowMs }) => {
    const held = holdMirror(resolve(given.required('directory')), nowMs);
    if (!held.ok) return refused(locale, held.refusal);
    try {
      const checked = await checkMirror(held.value.mirror);
      if (!checked.ok) return refused(locale, checked.refusal);
      const { size, evidence, knownSize, cosignedAtMs, alarms } = checked.value;
      const lines = [
        words(locale, 'cli.mirror.whole', { size }),
        words(locale, 'cli.mirror.whole-evidence', { count: evidence }),
        ...(knownSize > size ? [words(locale, 'cli.mirror.behind', { size: knownSize })] : []),
        cosignedAtMs === null
          ? words(locale, 'cli.mirror.not-cosigned')
          : words(locale, 'cli.mirror.cosigned', { at: timeText(cosignedAtMs) }),
        ...alarms.map((file) => words(locale, 'cli.mirror.alarm', { file })),
      ];
      return { exit: alarms.length === 0 ? 0 : 1, facts: { ...checked.value }, lines };
    } finally {
      held.value.release();
    }
  },
};
