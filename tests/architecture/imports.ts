import { posix } from 'node:path';
import { Visitor } from 'oxc-parser';
import { programOf, type SourceFile } from './source.ts';

/** One place where a file names another module, type-only imports included. */
export type Import = { readonly specifier: string; readonly offset: number; readonly target: Target };

/** What a specifier means: a file of ours, a builtin of Node, a package, or something that no law can follow. */
export type Target =
  | { readonly kind: 'own'; readonly path: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'unreadable' };

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function targetOf(path: string, specifier: string): Target {
  if (specifier.startsWith('.')) return { kind: 'own', path: posix.join(posix.dirname(path), specifier) };
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier };
  return { kind: 'package', name: packageOf(specifier) };
}

type Expression = { readonly type: string; readonly value?: unknown; readonly start: number };

/** Every import, re-export, `import()`, `import type`, `import('…').T`, `require` and `createRequire` use of a file. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (source: Expression): void => {
    const specifier = typeof source.value === 'string' ? source.value : undefined;
    const target = specifier === undefined ? ({ kind: 'unreadable' } as const) : targetOf(file.path, specifier);
    found.push({ specifier: specifier ?? '(an expression)', offset: source.start, target });
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => {
      if (source !== null) add(source);
    },
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require' && first !== undefined) add(first);
    },
  }).visit(programOf(file));
  return found;
}

/** The unit that shows one `index.ts`: a folder directly under a top-level folder, or the top-level folder where flat. */
export function areaOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
