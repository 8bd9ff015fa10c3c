import { loadModule, parseSync } from 'libpg-query';

/** What no statement of the core may use, since one of the engines that speak this dialect lacks it (docs/decisions). */
type Ban = { readonly name: string; readonly isIn: (kind: string, node: Readonly<Record<string, unknown>>) => boolean };

const bannedStatements = new Map([
  ['ListenStmt', 'LISTEN'],
  ['NotifyStmt', 'NOTIFY'],
  ['CreateTrigStmt', 'trigger'],
  ['RuleStmt', 'rule'],
  ['LockStmt', 'LOCK TABLE'],
  ['VariableSetStmt', 'session state'],
  ['DiscardStmt', 'session state'],
  ['XmlExpr', 'XML'],
  ['CreateFunctionStmt', 'stored procedure'],
]);

const systemColumns = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);
const modifications = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

const bans: readonly Ban[] = [
  { name: 'advisory lock', isIn: (kind, node) => kind === 'FuncCall' && textOf(node['funcname']).includes('advisory') },
  {
    name: 'system column',
    isIn: (kind, node) =>
      kind === 'ColumnRef' &&
      [...systemColumns].some((column) => textOf(node['fields']).includes(`"sval":"${column}"`)),
  },
  { name: 'temporary table', isIn: (_kind, node) => node['relpersistence'] === 't' },
  { name: 'inheritance', isIn: (kind, node) => kind === 'CreateStmt' && node['inhRelations'] !== undefined },
  {
    name: 'serial or identity',
    isIn: (kind, node) =>
      (/^typeName$/iu.test(kind) && textOf(node['names']).includes('serial')) ||
      (kind === 'Constraint' && node['contype'] === 'CONSTR_IDENTITY'),
  },
  {
    name: 'constraint across rows or tables',
    isIn: (kind, node) =>
      kind === 'Constraint' && ['CONSTR_EXCLUSION', 'CONSTR_FOREIGN'].includes(String(node['contype'])),
  },
  {
    name: 'deferrable constraint',
    isIn: (kind, node) =>
      kind === 'Constraint' && (node['deferrable'] === true || node['contype'] === 'CONSTR_ATTR_DEFERRABLE'),
  },
  {
    name: 'index other than btree',
    isIn: (kind, node) => kind === 'IndexStmt' && (node['accessMethod'] ?? 'btree') !== 'btree',
  },
  { name: 'COPY PROGRAM', isIn: (kind, node) => kind === 'CopyStmt' && node['is_program'] === true },
  {
    name: 'write inside WITH',
    isIn: (kind, node) =>
      kind === 'CommonTableExpr' && [...modifications].some((write) => textOf(node['ctequery']).includes(`"${write}"`)),
  },
];

function walk(value: unknown, visit: (kind: string, node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value)) {
      if (typeof child === 'object' && child !== null && !Array.isArray(child))
        visit(name, child as Readonly<Record<string, unknown>>);
      walk(child, visit);
    }
  }
}

/** Makes the parser ready. */
export async function openSqlLint(): Promise<void> {
  await loadModule();
}

/** Names of the banned things in a statement; PostgreSQL's own parser reads it. */
export function bannedIn(statement: string): readonly string[] {
  const found = new Set<string>();
  walk(parseSync(statement), (kind, node) => {
    const name = bannedStatements.get(kind);
    if (name !== undefined) found.add(name);
    for (const ban of bans) if (ban.isIn(kind, node)) found.add(ban.name);
  });
  return [...found];
}
