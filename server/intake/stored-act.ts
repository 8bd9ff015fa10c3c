import * as z from 'zod';
import { fromHex } from '../../core/kernel/index.ts';
import { commitment, validationCommitment, type Leaf } from '../../core/log/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { type DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import { purposes } from './rows.ts';

const keptAct = z.looseObject({
  envelope: z.string(),
  cms: z.string(),
  validation: z.string().nullable(),
  validationSalt: z.string(),
  /** Acts of the first version were kept without it. */
  deadlineMs: z.number().optional(),
});

/** An act as the tables hold it beside its leaf. */
export type StoredAct = {
  readonly row: Row<'act'>;
  readonly opening: Buffer;
  readonly key: DataKey;
};

/** What was kept of an act. */
export type KeptAct = {
  readonly envelope: string;
  readonly cms: Buffer;
  readonly validation: string | null;
  /** Base64. */
  readonly validationSalt: string;
};

/** The first column that is not what leaf and sealed record say, and by what it is judged. */
export type ActFault = {
  readonly column: keyof Row<'act'> | 'opening';
  readonly by: 'column-of-leaf' | 'sealed-record' | 'text-hash' | 'commitment' | 'validation' | 'sealed-column';
};

function columnBesideLeaf(leaf: Leaf, row: Row<'act'>): keyof Row<'act'> | undefined {
  if (row.action_id !== leaf.actionId) return 'action_id';
  if (row.sequence !== leaf.sequence) return 'sequence';
  if (row.outcome !== leaf.outcome) return 'outcome';
  if (row.received_at_ms !== leaf.receivedAtMs) return 'received_at_ms';
  return row.commitment === leaf.commitment ? undefined : 'commitment';
}

function open(key: DataKey, purpose: string, sealed: Buffer): Buffer | undefined {
  try {
    return key.open(purpose, sealed);
  } catch {
    // It does not unseal: that is an edit.
    return undefined;
  }
}

function readKept(bytes: Buffer | undefined): z.output<typeof keptAct> | undefined {
  try {
    return bytes === undefined ? undefined : keptAct.parse(JSON.parse(bytes.toString()));
  } catch {
    return undefined;
  }
}

/** What was kept of an act, where it is what the hashes of its row say; whether the log says so is for `judgeStoredAct`. */
export function openKept(key: DataKey, row: Row<'act'>): KeptAct | undefined {
  const kept = readKept(open(key, purposes.act, row.sealed));
  if (kept === undefined) return undefined;
  const cms = Buffer.from(kept.cms, 'base64');
  const isOf = sha256Hex(kept.envelope) === row.envelope_hash && sha256Hex(cms) === row.cms_hash;
  const { envelope, validation, validationSalt } = kept;
  return isOf ? { envelope, cms, validation, validationSalt } : undefined;
}

function isValidationOf(leaf: Leaf, { validation, validationSalt }: z.output<typeof keptAct>): boolean {
  if (validation === null) return leaf.validation === null;
  const salt = Buffer.from(validationSalt, 'base64');
  return validationCommitment({ sha256, salt, dataHash: sha256(validation) }) === leaf.validation;
}

/** Judges a stored act: act, opening, sealed record and leaf must say one thing. */
export function judgeStoredAct(
  leaf: Leaf,
  { row, opening, key }: StoredAct,
): { readonly kept: KeptAct } | { readonly fault: ActFault } {
  const column = columnBesideLeaf(leaf, row);
  if (column !== undefined) return { fault: { column, by: 'column-of-leaf' } };
  const salt = open(key, purposes.opening, opening);
  if (salt === undefined) return { fault: { column: 'opening', by: 'sealed-record' } };
  const kept = readKept(open(key, purposes.act, row.sealed));
  if (kept === undefined) return { fault: { column: 'sealed', by: 'sealed-record' } };
  const cms = Buffer.from(kept.cms, 'base64');
  const [envelopeHash, cmsHash] = [fromHex(row.envelope_hash), fromHex(row.cms_hash)];
  if (!envelopeHash.ok || sha256Hex(kept.envelope) !== row.envelope_hash)
    return { fault: { column: 'envelope_hash', by: 'text-hash' } };
  if (!cmsHash.ok || sha256Hex(cms) !== row.cms_hash) return { fault: { column: 'cms_hash', by: 'text-hash' } };
  const opened = commitment({ sha256, salt, envelopeHash: envelopeHash.value, cmsHash: cmsHash.value });
  if (opened !== leaf.commitment) return { fault: { column: 'sealed', by: 'commitment' } };
  if (!isValidationOf(leaf, kept)) return { fault: { column: 'sealed', by: 'validation' } };
  if (kept.deadlineMs !== undefined && kept.deadlineMs !== row.deadline_ms)
    return { fault: { column: 'deadline_ms', by: 'sealed-column' } };
  const { envelope, validation, validationSalt } = kept;
  return { kept: { envelope, cms, validation, validationSalt } };
}
