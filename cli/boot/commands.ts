import type { MessageId } from '../../locales/index.ts';
import type { Command } from '../kit/index.ts';

type Entry = {
  readonly name: readonly string[];
  /**
   * What it needs beside its arguments to do anything. `stranger`: nothing. `folder`: the private folder of a running or stopped platform,
   * mirror or witness, with its keys. `card`: a person's card, or the secret of a journal. `maker`: an empty folder, where it makes keys of
   * its own.
   */
  readonly needs: 'stranger' | 'folder' | 'card' | 'maker';
  readonly help: MessageId;
  readonly load: () => Promise<Command>;
};

/** Every command; each is loaded when it is called and not before. */
export const commands: readonly Entry[] = [
  {
    name: ['receipt', 'verify'],
    needs: 'stranger',
    help: 'cli.help.receipt-verify',
    load: async () => (await import('../receipt/index.ts')).receiptVerify,
  },
  {
    name: ['receipt', 'page'],
    needs: 'stranger',
    help: 'cli.help.receipt-page',
    load: async () => (await import('../receipt/index.ts')).receiptPageCommand,
  },
  {
    name: ['journal', 'check'],
    needs: 'card',
    help: 'cli.help.journal-check',
    load: async () => (await import('../journal/index.ts')).journalCheck,
  },
  {
    name: ['case', 'import'],
    needs: 'card',
    help: 'cli.help.case-import',
    load: async () => (await import('../cases/index.ts')).caseImport,
  },
  {
    name: ['eds', 'verify'],
    needs: 'stranger',
    help: 'cli.help.eds-verify',
    load: async () => (await import('../eds/index.ts')).edsVerify,
  },
  {
    name: ['eds', 'cert'],
    needs: 'stranger',
    help: 'cli.help.eds-cert',
    load: async () => (await import('../eds/index.ts')).edsCertificate,
  },
  {
    name: ['eds', 'explain'],
    needs: 'stranger',
    help: 'cli.help.eds-explain',
    load: async () => (await import('../eds/index.ts')).edsExplain,
  },
  {
    name: ['server', 'init'],
    needs: 'maker',
    help: 'cli.help.server-init',
    load: async () => (await import('../server/index.ts')).serverInit,
  },
  {
    name: ['server', 'found'],
    needs: 'folder',
    help: 'cli.help.server-found',
    load: async () => (await import('../founding/index.ts')).serverFound,
  },
  {
    name: ['server', 'protocol'],
    needs: 'folder',
    help: 'cli.help.server-protocol',
    load: async () => (await import('../founding/index.ts')).serverProtocol,
  },
  {
    name: ['server', 'start'],
    needs: 'folder',
    help: 'cli.help.server-start',
    load: async () => (await import('../server/index.ts')).serverStart,
  },
  {
    name: ['server', 'status'],
    needs: 'folder',
    help: 'cli.help.server-status',
    load: async () => (await import('../server/index.ts')).serverStatus,
  },
  {
    name: ['server', 'enrol-code'],
    needs: 'folder',
    help: 'cli.help.server-enrol-code',
    load: async () => (await import('../server/index.ts')).serverEnrolCode,
  },
  {
    name: ['server', 'activation-code'],
    needs: 'folder',
    help: 'cli.help.server-activation-code',
    load: async () => (await import('../server/index.ts')).serverActivationCode,
  },
  {
    name: ['server', 'break-glass', 'create'],
    needs: 'folder',
    help: 'cli.help.server-break-glass-create',
    load: async () => (await import('../server/index.ts')).serverBreakGlassCreate,
  },
  {
    name: ['server', 'break-glass', 'open'],
    needs: 'folder',
    help: 'cli.help.server-break-glass-open',
    load: async () => (await import('../server/index.ts')).serverBreakGlassOpen,
  },
  {
    name: ['server', 'add-staff'],
    needs: 'folder',
    help: 'cli.help.server-add-staff',
    load: async () => (await import('../server/index.ts')).serverAddStaff,
  },
  {
    name: ['server', 'import-anchors'],
    needs: 'folder',
    help: 'cli.help.server-import-anchors',
    load: async () => (await import('../server/index.ts')).serverImportAnchors,
  },
  {
    name: ['server', 'import-crl'],
    needs: 'folder',
    help: 'cli.help.server-import-crl',
    load: async () => (await import('../server/index.ts')).serverImportCrl,
  },
  {
    name: ['log', 'check'],
    needs: 'folder',
    help: 'cli.help.log-check',
    load: async () => (await import('../log/index.ts')).logCheck,
  },
  {
    name: ['log', 'export'],
    needs: 'folder',
    help: 'cli.help.log-export',
    load: async () => (await import('../log/index.ts')).logExport,
  },
  {
    name: ['server', 'log-key', 'rotate'],
    needs: 'folder',
    help: 'cli.help.server-log-key-rotate',
    load: async () => (await import('../server/index.ts')).serverLogKeyRotate,
  },
  {
    name: ['archive', 'run'],
    needs: 'folder',
    help: 'cli.help.archive-run',
    load: async () => (await import('../archive/index.ts')).archiveRun,
  },
  {
    name: ['archive', 'list'],
    needs: 'folder',
    help: 'cli.help.archive-list',
    load: async () => (await import('../archive/index.ts')).archiveList,
  },
  {
    name: ['archive', 'verify'],
    needs: 'folder',
    help: 'cli.help.archive-verify',
    load: async () => (await import('../archive/index.ts')).archiveVerify,
  },
  {
    name: ['archive', 'extract'],
    needs: 'folder',
    help: 'cli.help.archive-extract',
    load: async () => (await import('../archive/index.ts')).archiveExtract,
  },
  {
    name: ['archive', 'hold'],
    needs: 'folder',
    help: 'cli.help.archive-hold',
    load: async () => (await import('../archive/index.ts')).archiveHold,
  },
  {
    name: ['archive', 'release'],
    needs: 'folder',
    help: 'cli.help.archive-release',
    load: async () => (await import('../archive/index.ts')).archiveRelease,
  },
  {
    name: ['archive', 'destroy'],
    needs: 'folder',
    help: 'cli.help.archive-destroy',
    load: async () => (await import('../archive/index.ts')).archiveDestroy,
  },
  {
    name: ['archive', 'schedule'],
    needs: 'folder',
    help: 'cli.help.archive-schedule',
    load: async () => (await import('../archive/index.ts')).archiveSchedule,
  },
  {
    name: ['server', 'log-key', 'lost'],
    needs: 'folder',
    help: 'cli.help.server-log-key-lost',
    load: async () => (await import('../server/index.ts')).serverLogKeyLost,
  },
  {
    name: ['server', 'log-key', 'compromised'],
    needs: 'maker',
    help: 'cli.help.server-log-key-compromised',
    load: async () => (await import('../server/index.ts')).serverLogKeyCompromised,
  },
  {
    name: ['witness', 'init'],
    needs: 'maker',
    help: 'cli.help.witness-init',
    load: async () => (await import('../witness/index.ts')).witnessInit,
  },
  {
    name: ['witness', 'start'],
    needs: 'folder',
    help: 'cli.help.witness-start',
    load: async () => (await import('../witness/index.ts')).witnessStart,
  },
  {
    name: ['mirror', 'init'],
    needs: 'maker',
    help: 'cli.help.mirror-init',
    load: async () => (await import('../mirror/index.ts')).mirrorInit,
  },
  {
    name: ['mirror', 'start'],
    needs: 'folder',
    help: 'cli.help.mirror-start',
    load: async () => (await import('../mirror/index.ts')).mirrorStart,
  },
  {
    name: ['mirror', 'check'],
    needs: 'folder',
    help: 'cli.help.mirror-check',
    load: async () => (await import('../mirror/index.ts')).mirrorCheck,
  },
  {
    name: ['mirror', 'restore'],
    needs: 'folder',
    help: 'cli.help.mirror-restore',
    load: async () => (await import('../mirror/index.ts')).mirrorRestore,
  },
];
