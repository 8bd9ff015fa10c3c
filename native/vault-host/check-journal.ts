import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ok, refuse, type Refusal, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { SlotKey, SlotSummary } from '../../contracts/vault-host/index.ts';
import { durable, evidenceFiles, vaultFiles } from './disk.ts';
import { localVault } from './local.ts';
import { vaultHandlers } from './verbs/handlers.ts';

export type JournalCheck = {
  readonly platform: string;
  readonly profile: 'demo' | 'production';
  readonly device: string;
  readonly epoch: string;
  readonly entries: number;
  readonly acts: number;
  readonly cases: number;
  /** Hash of the last entry. */
  readonly head: Sha256Hex;
  readonly quarantine: string | null;
};

export type CheckJournalFault =
  | 'vault-absent'
  | 'vault-in-use'
  | 'vault-not-bound'
  | 'vault-disk-failed'
  | 'slot-absent'
  | 'slot-kind-differs'
  | 'slot-key-wrong'
  | 'slots-malformed'
  | 'slots-tampered'
  | 'slots-rolled-back'
  | 'journal-damaged';

/**
 * Checks a journal and its slots from the first entry to the last, every signature included, on a private copy that is
 * removed afterwards: the files themselves are only read. `key` is asked for one of the slots; `undefined` gives up.
 */
export async function checkJournal(options: {
  /** Path of `journal.db`; `journal.slots` stands beside it. */
  readonly file: string;
  readonly key: (slots: readonly SlotSummary[]) => Promise<SlotKey | undefined>;
}): Promise<Result<JournalCheck, CheckJournalFault>> {
  if (!existsSync(options.file)) return refuse('vault-absent');
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-check-'));
  try {
    copyVault(options.file, directory);
    return await checkCopy(directory, options.key);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function copyVault(file: string, directory: string): void {
  const from = vaultFiles(dirname(file));
  const to = vaultFiles(directory);
  const pairs = [
    [file, to.journal],
    [`${file}-wal`, `${to.journal}-wal`],
    [basename(file) === basename(from.journal) ? from.slots : `${file}.slots`, to.slots],
    [from.journalNext, to.journalNext],
  ] as const;
  for (const [source, target] of pairs) if (existsSync(source)) copyFileSync(source, target);
  for (const name of evidenceFiles(dirname(file)))
    copyFileSync(from.evidence(name), to.evidence(name), constants.COPYFILE_FICLONE);
  durable.syncFolder(directory);
}

function given<T>(result: Result<T>): Result<T, CheckJournalFault> {
  // Codes that the answers of a freshly opened copy cannot have are bugs and would show as an unknown code.
  return result.ok ? result : { ok: false, refusal: result.refusal as Refusal<CheckJournalFault> };
}

async function checkCopy(
  directory: string,
  ask: (slots: readonly SlotSummary[]) => Promise<SlotKey | undefined>,
): Promise<Result<JournalCheck, CheckJournalFault>> {
  const vault = localVault({ directory });
  const closed = vault.status();
  if (!closed.ok) return closed;
  const key = await ask(closed.value.slots);
  if (key === undefined) return refuse('slot-absent');
  try {
    const opened = given(vault.open(key));
    if (!opened.ok) return opened;
    const status = vault.status();
    const report = given(await vaultHandlers(vault)['journal.check'](null));
    if (!report.ok) return report;
    if (!status.ok || status.value.enrolment === null) return refuse('vault-not-bound');
    const { enrolment, profile, epoch, quarantine } = status.value;
    const { platform, device } = enrolment;
    return ok({
      ...{ platform, device, profile: profile ?? 'production', epoch: epoch ?? '', quarantine },
      ...{ entries: report.value.entries, acts: report.value.acts, cases: report.value.cases },
      head: report.value.head.hash as Sha256Hex,
    });
  } finally {
    vault.close();
  }
}
