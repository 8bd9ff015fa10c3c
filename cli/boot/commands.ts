import type { MessageId } from '../../locales/index.ts';
import type { Command } from '../kit/index.ts';

type Entry = { readonly name: readonly string[]; readonly help: MessageId; readonly load: () => Promise<Command> };

/** Every command; each is loaded when it is called and not before. */
export const commands: readonly Entry[] = [
  {
    name: ['receipt', 'verify'],
    help: 'cli.help.receipt-verify',
    load: async () => (await import('../receipt/index.ts')).receiptVerify,
  },
  {
    name: ['journal', 'check'],
    help: 'cli.help.journal-check',
    load: async () => (await import('../journal/index.ts')).journalCheck,
  },
  {
    name: ['case', 'import'],
    help: 'cli.help.case-import',
    load: async () => (await import('../cases/index.ts')).caseImport,
  },
];
