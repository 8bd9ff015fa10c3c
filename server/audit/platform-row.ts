import * as z from 'zod';
import { noteKeyTypes, parseLeaf, parseNoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { judgeDocument } from '../accounts/index.ts';
import { readLogRows, readRowsBy, scanTable, type Row } from '../store/index.ts';
import { isWhole, type AuditRun, type LogKeys } from './run.ts';

const platformRecord = z.looseObject({
  form: z.literal('qorgan.platform/1'),
  platform: z.string(),
  profile: z.string(),
  operatorName: z.string(),
  url: z.string().optional(),
  log: z.looseObject({ origin: z.string(), key: z.string(), mlDsa44Key: z.string().optional() }),
  platformKey: z.string(),
  createdAtMs: z.number(),
});
type PlatformRecord = z.output<typeof platformRecord>;

/** What the first leaf says of the platform; `undefined` where its rows do not open it. */
async function readRecord(run: AuditRun): Promise<PlatformRecord | undefined> {
  const [place] = await readLogRows(run.session, 0, 1);
  if (place === undefined || !isWhole(place)) return undefined;
  const values = [place.leaf_id];
  const [row] = await readRowsBy(run.session, 'document', { column: 'leaf_id', values });
  const leaf = parseLeaf(place.body);
  const key = (await run.subjectKeys.known([place.subject])).get(place.subject);
  if (row === undefined || key === undefined || !leaf.ok) return undefined;
  const { opening } = place;
  const judged = judgeDocument({ row, opening, leaf: leaf.value, key, publicKey: run.documentKey });
  if ('fault' in judged) return undefined;
  const parsed = platformRecord.safeParse(JSON.parse(judged.signed.document));
  return parsed.success ? parsed.data : undefined;
}

function faultOf(row: Row<'platform'>, record: PlatformRecord): keyof Row<'platform'> | undefined {
  if (row.id !== record.platform) return 'id';
  if (row.profile !== record.profile) return 'profile';
  if (row.log_origin !== record.log.origin) return 'log_origin';
  if (row.operator_name !== record.operatorName) return 'operator_name';
  if (record.url !== undefined && row.url !== record.url) return 'url';
  if (row.document_key !== record.platformKey) return 'document_key';
  if (row.log_key !== record.log.key) return 'log_key';
  return row.created_at_ms === record.createdAtMs ? undefined : 'created_at_ms';
}

/** Compares the stamp of the database with the first record of the log; answers the keys by which the log signs, none where its own is not known. */
export async function checkPlatformRow(run: AuditRun): Promise<LogKeys> {
  const record = await readRecord(run);
  const rows: Row<'platform'>[] = [];
  for await (const page of scanTable(run.session, 'platform')) rows.push(...page);
  const [row] = rows;
  const place = 'table platform';
  if (row === undefined) run.report({ place, key: '', is: 'missing', expected: 'platform-record' });
  for (const { id } of rows.slice(1)) run.report({ place, key: id, is: 'added', expected: 'platform-record' });
  const column = row === undefined || record === undefined ? undefined : faultOf(row, record);
  if (row !== undefined && column !== undefined)
    run.report({ place, key: row.id, column, is: 'different', expected: 'platform-record' });
  const own = parseNoteKey(sha256, record?.log.key ?? row?.log_key ?? '');
  if (!own.ok || own.value.type !== noteKeyTypes.ed25519) return [];
  const beside = parseNoteKey(sha256, record?.log.mlDsa44Key ?? '');
  return beside.ok ? [own.value, beside.value] : [own.value];
}
