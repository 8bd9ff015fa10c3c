import type { CaseCommand } from '../../core/actions/index.ts';
import type { ShownCase, Subject } from '../../core/signing/index.ts';

/** An act that the rules allow on its case as it is now. */
export type Drafted = {
  readonly command: CaseCommand;
  /** What of the case its text is made of. */
  readonly shown: ShownCase;
  readonly subject: Subject;
  /** For the title of the prompt. */
  readonly titleValues: Readonly<Record<string, string>>;
};
