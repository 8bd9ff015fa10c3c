import { readdirSync, statSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceStates } from '../../core/evidence/index.ts';
import { evidenceSubject } from '../../core/evidence/index.ts';
import type { DeviceId, Sha256Hex } from '../../core/kernel/index.ts';
import { incomingFolder, incomingPath, openUploadSecret } from '../evidence/index.ts';
import type { DataKey } from '../keys/index.ts';
import { readRowsBy, scanTable, type Row } from '../store/index.ts';
import { readGone } from './archive-rows.ts';
import type { AuditRun } from './run.ts';
import { judgeSealedFile } from './sealed-file.ts';

type Upload = Row<'evidence_upload'>;
type Blob = Row<'evidence_blob'>;

const keyOfRow = ({ device, sha256 }: Upload): string => `${device}/${sha256}`;

/** The first column of an upload that is not what its verdict in the log says. */
function faultOf(row: Upload, blob: Blob | undefined): keyof Upload | undefined {
  const isJudged = row.state === 'accepted' || row.refusal === 'evidence-infected';
  if (!evidenceStates.some((state) => state === row.state)) return 'state';
  if (!isJudged && row.leaf_id !== null) return 'leaf_id';
  if (row.state !== 'refused') {
    if (row.refusal !== null) return 'refusal';
  } else if (row.refusal !== 'evidence-infected' && row.refusal !== 'evidence-hash-mismatch') return 'refusal';
  if (!isJudged) return undefined;
  if (blob === undefined) return 'leaf_id';
  const verdict = row.state === 'accepted' ? 'clean' : 'infected';
  if (blob.verdict !== verdict) return 'state';
  return blob.device === row.device && blob.sha256 === row.sha256 ? undefined : 'leaf_id';
}

/** What came in and has no verdict: every record that is there opens. */
function compareFile(run: AuditRun, folder: string, row: Upload, key: DataKey): void {
  const name = { device: row.device as DeviceId, sha256: row.sha256 as Sha256Hex };
  const { cipher, descriptor } = openUploadSecret(key, row);
  const file = judgeSealedFile(incomingPath(folder, name), cipher, descriptor.sizeBytes);
  const named = { place: 'evidence/incoming', key: `${row.device}.${row.sha256}` } as const;
  if (file.is === 'wrong') run.report({ ...named, offset: file.offset, is: 'different', expected: 'sealed-record' });
  // An upload has a file from its first chunk on, and in quarantine it is whole.
  else if (row.state === 'quarantined' && file.is !== 'whole')
    run.report({ ...named, is: file.is === 'absent' ? 'missing' : 'different', expected: 'blob' });
}

function isSealed(key: DataKey, row: Upload): boolean {
  try {
    openUploadSecret(key, row);
    return true;
  } catch {
    return false;
  }
}

async function comparePage(run: AuditRun, folder: string, page: readonly Upload[], isLive: boolean): Promise<void> {
  const { report, session, subjectKeys } = run;
  const values = page.flatMap((row) => row.leaf_id ?? []);
  const blobs = new Map(
    (await readRowsBy(session, 'evidence_blob', { column: 'leaf_id', values })).map((row) => [row.leaf_id, row]),
  );
  const keys = await subjectKeys.known(page.map((row) => evidenceSubject(row.sha256 as Sha256Hex)));
  const gone = await readGone(
    run,
    page.map((row) => row.sha256),
  );
  for (const row of page) {
    const named = { place: 'table evidence_upload', key: keyOfRow(row), is: 'different' } as const;
    const column = faultOf(row, blobs.get(row.leaf_id ?? ''));
    const key = keys.get(evidenceSubject(row.sha256 as Sha256Hex));
    if (column !== undefined) report({ ...named, column, expected: 'document' });
    else if (key === undefined && gone.has(row.sha256)) continue;
    else if (key === undefined)
      report({
        place: 'table subject_key',
        key: evidenceSubject(row.sha256 as Sha256Hex),
        is: 'missing',
        expected: 'data-key',
      });
    else if (!isSealed(key, row)) report({ ...named, column: 'sealed', expected: 'sealed-record' });
    else if (!isLive && (row.state === 'receiving' || row.state === 'quarantined')) compareFile(run, folder, row, key);
  }
}

/** Every verdict has the upload that it was given to. */
async function compareVerdicts({ report, session }: AuditRun): Promise<void> {
  for await (const page of scanTable(session, 'evidence_blob')) {
    const values = page.map((row) => row.sha256);
    const rows = await readRowsBy(session, 'evidence_upload', { column: 'sha256', values });
    const found = new Set(rows.map((row) => row.leaf_id));
    for (const { leaf_id: id, device, sha256 } of page)
      if (!found.has(id))
        report({ place: 'table evidence_upload', key: `${device}/${sha256}`, is: 'missing', expected: 'document' });
  }
}

/** Compares uploads with verdicts and with what lies in quarantine. */
export async function checkUploads(run: AuditRun, folder: string, isLive: boolean): Promise<void> {
  for await (const page of scanTable(run.session, 'evidence_upload')) await comparePage(run, folder, page, isLive);
  await compareVerdicts(run);
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Files compared by one statement. */
const pageMax = 1_000;

async function nameBlobFiles({ report, session }: AuditRun, folder: string, files: readonly string[]): Promise<void> {
  for (let from = 0; from < files.length; from += pageMax) {
    const page = files.slice(from, from + pageMax);
    const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
    const rows = await readRowsBy(session, 'evidence_blob', { column: 'blob', values: page.map(nameOf) });
    const clean = new Set(rows.flatMap((row) => (row.verdict === 'clean' ? row.blob : [])));
    for (const file of page) {
      const name = nameOf(file);
      const isPlace = file === join('sha256', name.slice(0, 2), name.slice(2, 4), name);
      if (isPlace && clean.has(name)) continue;
      // A file that still has its name in quarantine was put here a moment before a crash.
      const isLinked = statSync(join(folder, file)).nlink > 1;
      report({ place: 'evidence/blobs', key: file, is: isLinked ? 'unfinished' : 'added', expected: 'named-by-log' });
    }
  }
}

async function nameIncomingFiles({ report, session }: AuditRun, files: readonly string[]): Promise<void> {
  for (let from = 0; from < files.length; from += pageMax) {
    const page = files.slice(from, from + pageMax);
    const values = page.map((file) => file.slice(file.indexOf('.') + 1));
    const rows = await readRowsBy(session, 'evidence_upload', { column: 'sha256', values });
    const wanted = new Set(
      rows.flatMap((row) =>
        row.state === 'accepted' || row.refusal === 'evidence-hash-mismatch' ? [] : `${row.device}.${row.sha256}`,
      ),
    );
    for (const file of page)
      if (!wanted.has(file))
        report({ place: 'evidence/incoming', key: file, is: 'unfinished', expected: 'named-by-log' });
  }
}

/** The files below a folder, by one of its grandchildren at a time: blobs lie in 65,536 folders, and no more than one in 256 of them is held at once. */
function* filesByPart(folder: string): Generator<readonly string[]> {
  if (!existsSync(folder)) return;
  for (const first of readdirSync(folder, { withFileTypes: true })) {
    if (!first.isDirectory()) {
      yield [first.name];
      continue;
    }
    for (const second of readdirSync(join(folder, first.name), { withFileTypes: true })) {
      const part = join(first.name, second.name);
      yield second.isDirectory() ? filesIn(join(folder, part)).map((name) => join(part, name)) : [part];
    }
  }
}

/** Names the files that no row asks for; while a server runs, rows come a moment after their files, and none is named. */
export async function nameEvidenceFiles(run: AuditRun, folder: string): Promise<void> {
  const blobs = join(folder, 'blobs');
  for (const files of filesByPart(blobs)) await nameBlobFiles(run, blobs, files);
  await nameIncomingFiles(run, filesIn(incomingFolder(folder)));
}
