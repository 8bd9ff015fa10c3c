import { areaOf, importsOf, type Import } from './imports.ts';
import { layers, reserved } from './layers.ts';
import {
  isCode,
  isConfiguration,
  isTest,
  topOf,
  violation,
  type Law,
  type SourceFile,
  type Violation,
} from './source.ts';

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function each(file: SourceFile, judge: (found: Import) => string | undefined): readonly Violation[] {
  if (!isCode(file)) return [];
  return importsOf(file).flatMap((found) => {
    const what = judge(found);
    return what === undefined ? [] : [violation(file, found.offset, what)];
  });
}

/** A layer imports only the layers that the design gives it. */
export const layering: Law = (file) => {
  const from = topOf(file.path);
  const layer = layers[from];
  if (layer === undefined || isTest(file.path)) return [];
  return each(file, ({ target }) => {
    if (target.kind === 'unreadable') return `${from} imports something that cannot be read from the source`;
    if (target.kind !== 'own' || isWithin(target.path, from)) return undefined;
    return layer.own.some((folder) => isWithin(target.path, folder))
      ? undefined
      : `${from} may not import ${target.path}`;
  });
};

/** A layer names only the packages and builtins that the design gives it. */
export const packages: Law = (file) => {
  const from = topOf(file.path);
  const layer = layers[from];
  if (layer === undefined || isTest(file.path) || isConfiguration(file.path)) return [];
  return each(file, ({ target }) => {
    if (target.kind === 'package' && !layer.packages.includes(target.name))
      return `${from} may not use the package ${target.name}`;
    if (target.kind !== 'node' || layer.node === 'all') return undefined;
    return layer.node !== 'none' && layer.node.includes(target.name) ? undefined : `${from} may not use ${target.name}`;
  });
};

/** What needs special care is named in one place only. Tests in the folder `tests` may inspect everything. */
export const reservedPackages: Law = (file) => {
  if (file.path.startsWith('tests/')) return [];
  return each(file, ({ target }) => {
    const homes = target.kind === 'package' ? reserved[target.name] : undefined;
    if (target.kind !== 'package' || homes === undefined || homes.some((home) => isWithin(file.path, home)))
      return undefined;
    return `only ${homes.join(' and ')} may name ${target.name}`;
  });
};

/** Between areas only `index.ts` is imported, so that an area can change inside. The folder `tests` is free. */
export const indexOnly: Law = (file) => {
  if (file.path.startsWith('tests/') || file.path.startsWith('build/')) return [];
  return each(file, ({ target }) => {
    if (target.kind !== 'own' || target.path.endsWith('.json') || target.path.endsWith('.css')) return undefined;
    if (isTest(file.path) && target.path.startsWith('tests/')) return undefined;
    if (areaOf(target.path) === areaOf(file.path) || /\/index\.(?:ts|tsx|mjs)$/u.test(target.path)) return undefined;
    return /^build\/[a-z0-9-]+\.mjs$/u.test(target.path) ? undefined : `${target.path} is not the index of its area`;
  });
};

/** Relative imports say the whole file name: the source runs unbuilt. */
export const fullNames: Law = (file) =>
  each(file, ({ specifier, target }) =>
    target.kind === 'own' && !/\.(?:ts|tsx|mjs|cjs|js|json|css|svg|woff2)(?:\?[a-z]+)?$/u.test(specifier)
      ? `${specifier} lacks its file extension`
      : undefined,
  );

/** What ships never needs what does not: `dev` and `tests` stay out of the product. */
export const nothingOfDevelopment: Law = (file) => {
  if (['dev', 'tests', 'build', ''].includes(topOf(file.path)) || isTest(file.path) || !file.path.includes('/'))
    return [];
  return each(file, ({ target }) =>
    target.kind === 'own' && ['dev', 'tests', 'build'].includes(topOf(target.path))
      ? `${target.path} is never shipped`
      : undefined,
  );
};

/** Private keys out of files are opened by development and tests alone, and by no other part of `eds` either. */
export const keysOfFilesInDevelopment: Law = (file) => {
  const home = 'eds/pkcs12/keys';
  if (['dev', 'tests'].includes(topOf(file.path)) || isTest(file.path) || isWithin(file.path, home)) return [];
  return each(file, ({ target }) =>
    target.kind === 'own' && isWithin(target.path, home) ? 'private keys of files are for dev and tests' : undefined,
  );
};
