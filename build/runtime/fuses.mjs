// Reads and sets Electron's fuse wire in place. Own code (a sentinel, a version, a length, one byte per fuse),
// because it runs before the first package is installed; packaging uses @electron/fuses and a test compares both.
import { readFileSync, writeFileSync } from 'node:fs';
import { SetUpError } from '../commands.mjs';

const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const off = 0x30;
const on = 0x31;

/** In the order of the wire, version 1. A newer Electron may append names here. */
export const fuseNames = [
  'RunAsNode',
  'EnableCookieEncryption',
  'EnableNodeOptionsEnvironmentVariable',
  'EnableNodeCliInspectArguments',
  'EnableEmbeddedAsarIntegrityValidation',
  'OnlyLoadAppFromAsar',
  'LoadBrowserProcessSpecificV8Snapshot',
  'GrantFileProtocolExtraPrivileges',
  'WasmTrapHandlers',
];

function wireOf(binary) {
  const at = binary.indexOf(sentinel);
  if (at < 0) throw new SetUpError('the binary has no fuse wire: it is not Electron');
  const start = at + sentinel.length;
  if (binary[start] !== 1) throw new SetUpError(`fuse wire version ${binary[start]} is unknown`);
  return { start: start + 2, length: binary[start + 1] };
}

/** Name → `true` (on), `false` (off) or `undefined` (removed in this build), for every fuse on the wire. */
export function readFuses(file) {
  const binary = readFileSync(file);
  const { start, length } = wireOf(binary);
  const states = {};
  for (let i = 0; i < length; i += 1) {
    const state = binary[start + i];
    states[fuseNames[i] ?? `fuse ${i}`] = state === on ? true : state === off ? false : undefined;
  }
  return states;
}

/** Sets the named fuses in memory and returns the new bytes. */
export function withFuses(binary, wanted) {
  const { start, length } = wireOf(binary);
  const changed = Buffer.from(binary);
  for (const [name, state] of Object.entries(wanted)) {
    const index = fuseNames.indexOf(name);
    if (index < 0 || index >= length) throw new SetUpError(`this Electron has no fuse ${name}`);
    changed[start + index] = state ? on : off;
  }
  return changed;
}

export const writeFuses = (file, wanted) => writeFileSync(file, withFuses(readFileSync(file), wanted));
