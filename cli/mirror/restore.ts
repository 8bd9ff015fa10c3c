import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { holdMirror, restoreEvidence, restoreLog } from '../../server/mirror/index.ts';
import { refused, type Command } from '../kit/index.ts';

/** `qorgan mirror restore`: writes the log of the platform into an empty folder. The mirror must not run meanwhile. */
export const mirrorRestore: Command = {
  shape: { operands: [], options: { directory: 'required', out: 'required' } },
  run: async (given, { locale, nowMs }) => {
    const held = holdMirror(resolve(given.required('directory')), nowMs);
    if (!held.ok) return refused(locale, held.refusal);
    try {
      const out = resolve(given.required('out'));
      const restored = restoreLog(held.value.mirror, out);
      if (!restored.ok) return refused(locale, restored.refusal);
      const size = restored.value;
      const evidence = await restoreEvidence(held.value.mirror, out);
      if (!evidence.ok) return refused(locale, evidence.refusal);
      return {
        exit: 0,
        facts: { size, evidence: evidence.value, out },
        lines: [words(locale, 'cli.mirror.restored', { size, evidence: evidence.value })],
      };
    } finally {
      held.value.release();
    }
  },
};
