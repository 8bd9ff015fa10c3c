import { describe, expect, it } from 'vitest';
import { erasable, namedExports, noConsole, noForeignWords, noWordsInAttributes } from './form-laws.ts';
import {
  fullNames,
  indexOnly,
  keysOfFilesInDevelopment,
  layering,
  nothingOfDevelopment,
  packages,
  reservedPackages,
} from './import-laws.ts';
import { pureRules } from './purity-laws.ts';
import { isCode, printed, readTree, type Law } from './source.ts';

type Plant = { readonly path: string; readonly text: string };
type Case = {
  readonly title: string;
  readonly law: Law;
  readonly plants: readonly Plant[];
  readonly allowed: readonly Plant[];
};

const plant = (path: string, text: string): Plant => ({ path, text });

const cases: readonly Case[] = [
  {
    title: 'a layer imports only the layers below it, type-only imports included',
    law: layering,
    plants: [
      plant('core/kernel/a.ts', "import { x } from '../../contracts/ipc/index.ts';"),
      plant('core/kernel/a.ts', "import type { X } from '../../eds/index.ts';"),
      plant('core/kernel/a.ts', "type X = import('../../main/index.ts').X;"),
      plant('core/kernel/a.ts', "export { x } from '../../server/store/index.ts';"),
      plant('core/kernel/a.ts', "const x = await import('../../native/host/index.ts');"),
      plant('main/boot/a.ts', 'const x = await import(name);'),
      plant('eds/der/a.ts', "import { x } from '../../core/log/index.ts';"),
      plant('preload/a.ts', "import type { X } from '../core/kernel/index.ts';"),
      plant('renderer/shell/a.tsx', "import { x } from '../../main/flows/index.ts';"),
      plant('main/flows/a.ts', "import { x } from '../../native/host/index.ts';"),
      plant('locales/index.ts', "import { ok } from '../core/kernel/index.ts';"),
      plant('cli/verbs/a.ts', "import { x } from '../../renderer/kit/index.ts';"),
    ],
    allowed: [
      plant('eds/der/a.ts', "import { ok } from '../../core/kernel/index.ts';"),
      plant('main/boot/a.ts', "import { x } from '../../eds/index.ts';"),
    ],
  },
  {
    title: 'a layer uses only its packages and builtins',
    law: packages,
    plants: [
      plant('core/kernel/a.ts', "import { createHash } from 'node:crypto';"),
      plant('eds/der/a.ts', "import { readFileSync } from 'node:fs';"),
      plant('contracts/ipc/a.ts', "import type { App } from 'electron';"),
      plant('renderer/shell/a.tsx', "import { x } from 'node:path';"),
      plant('server/http/a.ts', "import x from 'lodash';"),
      plant('server/intake/a.ts', "import { SignedData } from 'pkijs';"),
      plant('native/host/a.ts', "const x = require('leveldown');"),
      plant('locales/index.ts', "import { z } from 'zod';"),
    ],
    allowed: [
      plant('eds/der/a.ts', "import { createHash } from 'node:crypto';"),
      plant('contracts/ipc/a.ts', "import { z } from 'zod';"),
    ],
  },
  {
    title: 'dangerous packages are named in one place only',
    law: reservedPackages,
    plants: [
      plant('server/http/a.ts', "import { Pool } from 'pg';"),
      plant('server/intake/a.ts', "import type { Kysely } from 'kysely';"),
      plant('cli/verbs/a.ts', "import { app } from 'electron';"),
      plant('main/boot/a.ts', "import Database from 'better-sqlite3-multiple-ciphers';"),
      plant('main/boot/a.ts', "import type { PKCS11 } from 'pkcs11js';"),
      plant('eds/cms/a.ts', "import { SignedData } from 'pkijs';"),
      plant('dev/ca/a.ts', "import { Certificate } from 'pkijs';"),
      plant('renderer/screens/a.tsx', "import { Button } from '@mantine/core';"),
      plant('renderer/screens/a.tsx', "import '@mantine/core/styles.css';"),
    ],
    allowed: [
      plant('server/store/a.ts', "import { Pool } from 'pg';"),
      plant('renderer/kit/a.tsx', "import { Button } from '@mantine/core';"),
      plant('tests/bench/a.ts', "import { SignedData } from 'pkijs';"),
    ],
  },
  {
    title: 'between areas only the index is imported',
    law: indexOnly,
    plants: [
      plant('core/log/a.ts', "import { ok } from '../kernel/result.ts';"),
      plant('main/flows/a.ts', "import { ok } from '../../core/kernel/result.ts';"),
      plant('eds/verify/a.ts', "import { read } from '../der/reader.ts';"),
    ],
    allowed: [
      plant('core/log/a.ts', "import { ok } from '../kernel/index.ts';"),
      plant('core/log/a.ts', "import { b } from './deep/b.ts';"),
    ],
  },
  {
    title: 'relative imports say the whole file name',
    law: fullNames,
    plants: [
      plant('core/log/a.ts', "import { b } from './b';"),
      plant('core/log/a.ts', "import { b } from '../kernel';"),
    ],
    allowed: [plant('renderer/shell/a.ts', "import './a.css';")],
  },
  {
    title: 'nothing that ships imports development tools or tests',
    law: nothingOfDevelopment,
    plants: [
      plant('cli/verbs/a.ts', "import { ca } from '../../dev/ca/index.ts';"),
      plant('server/boot/a.ts', "import { sharedData } from '../../tests/shared-data.ts';"),
    ],
    allowed: [plant('core/log/a.test.ts', "import { ca } from '../../dev/ca/index.ts';")],
  },
  {
    title: 'private keys are opened from files by development and tests alone',
    law: keysOfFilesInDevelopment,
    plants: [
      plant('main/engine/a.ts', "import { keysInPkcs12 } from '../../eds/pkcs12/keys/index.ts';"),
      plant('cli/eds/a.ts', "const keys = await import('../../eds/pkcs12/keys/index.ts');"),
      plant('eds/pkcs12/index.ts', "export { keysInPkcs12 } from './keys/index.ts';"),
      plant('eds/index.ts', "export type { FileKey } from './pkcs12/keys/index.ts';"),
    ],
    allowed: [
      plant('dev/ca/a.ts', "import { keysInPkcs12 } from '../../eds/pkcs12/keys/index.ts';"),
      plant('eds/index.ts', "export { certificatesInPkcs12 } from './pkcs12/index.ts';"),
    ],
  },
  {
    title: 'exports have names',
    law: namedExports,
    plants: [plant('core/log/a.ts', 'export default 1;'), plant('core/log/a.ts', "export * from './b.ts';")],
    allowed: [plant('core/log/a.ts', "export { b } from './b.ts';")],
  },
  {
    title: 'types can be erased, and none is `any`',
    law: erasable,
    plants: [
      plant('core/log/a.ts', 'enum E { A }'),
      plant('core/log/a.ts', 'namespace N { export const a = 1; }'),
      plant('core/log/a.ts', 'class C { constructor(private readonly a: string) {} }'),
      plant('core/log/a.ts', '@sealed class C {}'),
      plant('core/log/a.ts', 'const a = b as any;'),
    ],
    allowed: [plant('core/log/a.ts', 'const any = 1;')],
  },
  {
    title: 'Kazakh and Russian stand in locales only',
    law: noForeignWords,
    plants: [
      plant('main/boot/a.ts', "const title = 'Өтінім';"),
      plant('server/http/a.ts', 'const text = `Отказ ${code}`;'),
      plant('renderer/shell/a.tsx', 'const a = <p>Save</p>;'),
    ],
    allowed: [plant('dev/seed/a.ts', "const name = 'Айгүл';"), plant('renderer/shell/a.tsx', 'const a = <p>· —</p>;')],
  },
  {
    title: 'attributes that are shown or read aloud come from locales',
    law: noWordsInAttributes,
    plants: [plant('renderer/shell/a.tsx', 'const a = <input placeholder="Search" />;')],
    allowed: [plant('renderer/shell/a.tsx', 'const a = <input type="search" />;')],
  },
  {
    title: 'the product does not write to the console',
    law: noConsole,
    plants: [plant('main/boot/a.ts', 'console.log(1);'), plant('cli/verbs/a.ts', 'console.error(1);')],
    allowed: [plant('dev/run/a.ts', 'console.log(1);')],
  },
  {
    title: 'time, chance and surroundings are passed into the rules',
    law: pureRules,
    plants: [
      plant('core/log/a.ts', 'const now = Date.now();'),
      plant('core/log/a.ts', 'const now = new Date();'),
      plant('eds/verify/a.ts', 'const nonce = Math.random();'),
      plant('contracts/ipc/a.ts', 'const home = process.env;'),
    ],
    allowed: [
      plant('core/log/a.ts', 'const at = new Date(recordedAtMs);'),
      plant('main/boot/a.ts', 'const now = Date.now();'),
    ],
  },
];

const tree = readTree().filter(isCode);

describe('the architecture', () => {
  it('is looked for in a tree that has files', () => {
    expect(tree.length).toBeGreaterThan(20);
  });

  for (const { title, law, plants, allowed } of cases) {
    it(`holds that ${title}`, () => {
      expect(printed(tree.flatMap(law))).toBe('');
    });
    it(`would notice otherwise: ${title}`, () => {
      for (const each of plants) expect(law(each), `${each.path}: ${each.text}`).toHaveLength(1);
      for (const each of allowed) expect(law(each), `${each.path}: ${each.text}`).toHaveLength(0);
    });
  }
});
