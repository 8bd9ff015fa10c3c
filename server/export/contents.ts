import type { Sha256Hex } from '../../core/kernel/index.ts';
import { parseLeaf, type Leaf, type Opening } from '../../core/log/index.ts';
import type { EntryPart } from '../../core/log-package/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { judgeDocument } from '../accounts/index.ts';
import { judgeStoredAct, purposes } from '../intake/index.ts';
import type { DataKey } from '../keys/index.ts';
import { signaturesHash, type Desk } from '../platform/index.ts';
import { readDocumentsOf, readKnownActs, readPlacedLeaves, type PlacedLeaf, type Row } from '../store/index.ts';

/** An entry as the log holds it. */
export type LoggedEntry = { readonly index: number; readonly text: string; readonly leaf: Leaf };

type File = { readonly part: EntryPart; readonly bytes: Uint8Array | string };

/** What the tables hold of an entry: everything that its leaf commits to; nothing, since its key was destroyed; or something else. */
export type EntryContent =
  | {
      readonly is: 'whole';
      readonly opening: Opening;
      readonly files: readonly File[];
      /** Text of a document of the platform. */
      readonly document?: string;
      /** SHA-256 of the revocation lists that the validation names. */
      readonly lists: readonly string[];
    }
  | { readonly is: 'destroyed' | 'different' };

const different = { is: 'different' } as const;

/** Reads entries out of the log; a leaf that cannot be read is a log of another version, and thrown. */
export function entriesOf(texts: readonly string[], first: number): readonly LoggedEntry[] {
  return texts.map((text, at) => {
    const leaf = parseLeaf(text);
    if (!leaf.ok) throw new Error('export: an entry of the log is a leaf');
    return { index: first + at, text, leaf: leaf.value };
  });
}

type Stored = { readonly placed: PlacedLeaf; readonly key: DataKey };

function contentOfAct({ leaf, text }: LoggedEntry, { placed, key }: Stored, row: Row<'act'> | undefined): EntryContent {
  if (row?.leaf_id !== placed.leaf_id) return different;
  const judged = judgeStoredAct(leaf, { row, opening: placed.opening, key });
  if ('fault' in judged) return different;
  const { envelope, cms, validation, validationSalt } = judged.kept;
  const salt = key.open(purposes.opening, placed.opening);
  const { lists = [] } = JSON.parse(validation ?? '{}') as { readonly lists?: readonly string[] };
  const found: readonly File[] =
    validation === null
      ? []
      : [
          { part: 'validation', bytes: validation },
          { part: 'validationSalt', bytes: `${validationSalt}\n` },
        ];
  return {
    is: 'whole',
    opening: { leaf: text, salt, envelope: sha256Hex(envelope), cms: sha256Hex(cms) },
    files: [{ part: 'act', bytes: envelope }, { part: 'signature', bytes: cms }, ...found],
    lists,
  };
}

function contentOfDocument(
  { documentKey: { publicKey } }: Desk,
  { leaf, text }: LoggedEntry,
  { placed: { opening }, key }: Stored,
  row: Row<'document'> | undefined,
): EntryContent {
  const judged = row === undefined ? undefined : judgeDocument({ row, opening, leaf, key, publicKey });
  if (judged === undefined || 'fault' in judged) return different;
  const { signed } = judged;
  const envelope = sha256Hex(signed.document);
  const cms = signaturesHash(signed) as Sha256Hex;
  return {
    is: 'whole',
    opening: { leaf: text, salt: key.open(purposes.opening, opening), envelope, cms },
    files: [{ part: 'document', bytes: `${canonicalize(signed as unknown as Json)}\n` }],
    document: signed.document,
    lists: [],
  };
}

/** What the tables hold of a run of entries, each judged by its leaf. */
export async function readContents(desk: Desk, entries: readonly LoggedEntry[]): Promise<readonly EntryContent[]> {
  const { database, subjectKeys } = desk;
  const [first, last] = [entries[0]?.index ?? 0, entries.at(-1)?.index ?? -1];
  const places = new Map((await readPlacedLeaves(database, first, last)).map((row) => [row.leaf_index, row]));
  const acts = entries.flatMap(({ leaf }) =>
    leaf.kind === 'act' ? [{ device: leaf.device ?? '', epoch: leaf.epoch ?? '', actionId: leaf.actionId }] : [],
  );
  const actRows = new Map((await readKnownActs(database, acts)).map((row) => [row.leaf_id, row]));
  const documentRows = new Map(
    (
      await readDocumentsOf(
        database,
        [...places.values()].map((row) => row.leaf_id),
      )
    ).map((row) => [row.leaf_id, row]),
  );
  const keys = await subjectKeys.known([...places.values()].map((row) => row.subject));
  return entries.map((entry) => {
    const placed = places.get(entry.index);
    if (placed === undefined) return different;
    const key = keys.get(placed.subject);
    if (key === undefined) return { is: 'destroyed' };
    return entry.leaf.kind === 'act'
      ? contentOfAct(entry, { placed, key }, actRows.get(placed.leaf_id))
      : contentOfDocument(desk, entry, { placed, key }, documentRows.get(placed.leaf_id));
  });
}
