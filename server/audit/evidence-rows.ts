import type { EvidenceDocument, RecordCipher } from '../../core/evidence/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { incomingPath, openBlobKey, openBlobStore, type UploadName } from '../evidence/index.ts';
import type { DataKey } from '../keys/index.ts';
import { countTable, readRowsBy, scanTable, type Row } from '../store/index.ts';
import type { CheckedDocument } from './document-rows.ts';
import type { AuditRun } from './run.ts';
import { judgeSealedFile } from './sealed-file.ts';

/** Compares what the log says of evidence with its rows and files. */
export type EvidenceRows = {
  readonly take: (documents: readonly CheckedDocument[]) => Promise<void>;
  /** Names rows that no document of the log made. */
  readonly finish: () => Promise<void>;
};

type Judged = { readonly document: EvidenceDocument; readonly leafId: string };

function faultOf(row: Row<'evidence_blob'>, { document }: Judged): keyof Row<'evidence_blob'> | undefined {
  const { descriptor } = document;
  if (row.blob !== document.blob) return 'blob';
  if (row.size_bytes !== document.blobSizeBytes) return 'size_bytes';
  if (row.device !== document.device) return 'device';
  if (row.sha256 !== descriptor.sha256) return 'sha256';
  if (row.class !== descriptor.class) return 'class';
  if (row.case_id !== descriptor.case) return 'case_id';
  if (row.verdict !== document.verdict) return 'verdict';
  return row.at_ms === document.examinedAtMs ? undefined : 'at_ms';
}

function cipherOf(key: DataKey, row: Row<'evidence_blob'>): RecordCipher | undefined {
  try {
    return openBlobKey(key, row);
  } catch {
    return undefined;
  }
}

/** What is clean lies among the blobs; what is infected stays sealed where it came in. */
function compareFile(run: AuditRun, folder: string, { document }: Judged, cipher: RecordCipher): void {
  const { descriptor, blob, device, verdict } = document;
  const isClean = verdict === 'clean';
  const name: UploadName = { device, sha256: descriptor.sha256 };
  const path = isClean ? openBlobStore(folder).pathOf(blob) : incomingPath(folder, name);
  const file = judgeSealedFile(path, cipher, descriptor.sizeBytes);
  const named = {
    place: isClean ? 'evidence/blobs' : 'evidence/incoming',
    key: isClean ? blob : `${device}.${descriptor.sha256}`,
  };
  if (file.is === 'absent') run.report({ ...named, is: 'missing', expected: 'blob' });
  else if (file.is === 'wrong')
    run.report({ ...named, offset: file.offset, is: 'different', expected: 'sealed-record' });
  else if (file.is === 'partial') run.report({ ...named, is: 'different', expected: 'blob' });
  else if (file.plain !== descriptor.sha256 || file.sealed !== blob)
    run.report({ ...named, offset: 0, is: 'different', expected: 'text-hash' });
}

function compare(
  run: AuditRun,
  folder: string,
  judged: Judged,
  found: { row: Row<'evidence_blob'>; key: DataKey; isArchived: boolean },
): void {
  const { row, key, isArchived } = found;
  const named = { place: 'table evidence_blob', key: judged.leafId, is: 'different' } as const;
  const column = faultOf(row, judged);
  const cipher = column === undefined ? cipherOf(key, row) : undefined;
  if (column !== undefined) run.report({ ...named, column, expected: 'document' });
  else if (cipher === undefined) run.report({ ...named, column: 'sealed', expected: 'sealed-record' });
  else if (!isArchived) compareFile(run, folder, judged, cipher);
}

export function openEvidenceRows(run: AuditRun, folder: string): EvidenceRows {
  const { report, session, subjectKeys } = run;
  let count = 0;
  return {
    take: async (documents) => {
      const judged = documents.flatMap(({ kind, text, leafId }): Judged[] => {
        const parsed = kind === 'evidence' ? parseEvidenceDocument(text) : undefined;
        return parsed?.ok === true ? [{ document: parsed.value, leafId }] : [];
      });
      count += judged.length;
      const values = judged.map(({ leafId }) => leafId);
      const rows = new Map(
        (await readRowsBy(session, 'evidence_blob', { column: 'leaf_id', values })).map((row) => [row.leaf_id, row]),
      );
      const keys = await subjectKeys.known(judged.map(({ document }) => document.keyId));
      // What moved is read by `qorgan archive verify`, against the hash of its segment.
      const blobs = judged.map(({ document }) => document.blob);
      const archived = new Set(
        (await readRowsBy(session, 'archive_item', { column: 'blob', values: blobs })).map((row) => row.blob),
      );
      for (const one of judged) {
        const row = rows.get(one.leafId);
        const key = keys.get(one.document.keyId);
        if (row === undefined)
          report({ place: 'table evidence_blob', key: one.leafId, is: 'missing', expected: 'document' });
        else if (key !== undefined)
          compare(run, folder, one, { row, key, isArchived: archived.has(one.document.blob) });
      }
    },
    finish: async () => {
      if ((await countTable(session, 'evidence_blob')) === count) return;
      for await (const page of scanTable(session, 'evidence_blob')) {
        const values = page.map((row) => row.leaf_id);
        const known = new Set(
          (await readRowsBy(session, 'document', { column: 'leaf_id', values })).flatMap((row) =>
            row.kind === 'evidence' ? row.leaf_id : [],
          ),
        );
        for (const key of values)
          if (!known.has(key)) report({ place: 'table evidence_blob', key, is: 'added', expected: 'document' });
      }
    },
  };
}
