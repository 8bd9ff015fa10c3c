import type { AntivirusVersion } from '../../core/evidence/index.ts';
import type { Result } from '../../core/kernel/index.ts';

/** Why there is no verdict. Each of them leaves the evidence in quarantine, and it is asked again. */
export type AntivirusRefusal =
  | 'antivirus-absent'
  | 'antivirus-unreachable'
  | 'antivirus-answer-malformed'
  | 'antivirus-base-stale';

/** The name of what was found, or `null` for clean. */
export type Verdict = { readonly found: string | null };

/** What looks for malware. It is never trusted to be there, and its silence is never a verdict. */
export type Antivirus = {
  /** Engine and base as they are now. */
  readonly version: () => Promise<Result<AntivirusVersion, AntivirusRefusal>>;
  /** Judges the bytes. It may stop reading once it has found something; an error of the source is thrown. */
  readonly scan: (source: AsyncIterable<Uint8Array>) => Promise<Result<Verdict, AntivirusRefusal>>;
};
