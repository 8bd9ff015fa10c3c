import { changeKinds } from './change.ts';
import { changeRuleOf } from './judge.ts';
import type { PolicyDocument } from './policy.ts';
import { roles, type Role } from './roles.ts';

/** What a role may do with the matter of a row. */
export type MatrixRight = 'sign' | 'propose' | 'confirm' | 'read';

export type MatrixRow = {
  readonly part: 'act' | 'change' | 'read';
  /** An act, a kind of change, or a stream. */
  readonly id: string;
  /** In the order of `roles`; empty for a role that has no part in it. */
  readonly cells: readonly (readonly MatrixRight[])[];
};

export type AccessMatrix = {
  readonly version: number;
  readonly columns: readonly Role[];
  readonly rows: readonly MatrixRow[];
};

type Named = Readonly<Record<string, readonly string[] | undefined>>;

/** Who may do what under one policy, as a table: what the policy does not name is nobody's, and stands as an empty row where it is known. */
export function accessMatrix(policy: PolicyDocument): AccessMatrix {
  const acts: Named = policy.access.acts;
  const reads: Named = policy.access.reads;
  const scopes = [...new Set(Object.values(reads).flatMap((some) => some ?? []))].toSorted();
  const has = (named: readonly string[] | undefined, role: Role): boolean => named?.includes(role) ?? false;
  const cells = (rightsOf: (role: Role) => readonly MatrixRight[]): MatrixRow['cells'] => roles.map(rightsOf);
  const only = (isHeld: boolean, right: MatrixRight): readonly MatrixRight[] => (isHeld ? [right] : []);
  return {
    version: policy.version,
    columns: roles,
    rows: [
      ...Object.entries(acts).map(([id, who]): MatrixRow => ({
        part: 'act',
        id,
        cells: cells((role) => only(has(who, role), 'sign')),
      })),
      ...changeKinds.flatMap((id): MatrixRow[] => {
        const rule = changeRuleOf(policy, id);
        if (rule === undefined) return [];
        // Both must hold: the role may sign this act at all, and it is named for this kind.
        const held = cells((role) => [
          ...only(has(acts['access.propose'], role) && has(rule.propose, role), 'propose'),
          ...only(has(acts['access.confirm'], role) && has(rule.confirm, role), 'confirm'),
        ]);
        return [{ part: 'change', id, cells: held }];
      }),
      ...scopes.map((id): MatrixRow => ({
        part: 'read',
        id,
        cells: cells((role) => only(has(reads[role], id as never), 'read')),
      })),
    ],
  };
}

export type HeldRight = {
  readonly part: MatrixRow['part'];
  readonly id: string;
  readonly rights: readonly MatrixRight[];
};

/** What somebody who holds these roles may do, row by row; rows without a right are left out. */
export function rightsOf(matrix: AccessMatrix, held: readonly string[]): readonly HeldRight[] {
  return matrix.rows.flatMap(({ part, id, cells }): HeldRight[] => {
    const all = cells.flatMap((cell, at) => (held.includes(matrix.columns[at] ?? '') ? cell : []));
    return all.length === 0 ? [] : [{ part, id, rights: [...new Set(all)] }];
  });
}

/** Rows as CSV (RFC 4180) with a mark of UTF-8 for table programs. A cell that such a program would take for a formula is given as text. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
    return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
