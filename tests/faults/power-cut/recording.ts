import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that the recorded process asked of a file, in the order in which it asked. */
export type Operation = {
  readonly op: 'C' | 'W' | 'T' | 'S' | 'R' | 'U' | 'L' | 'M';
  readonly path: string;
  /** Of a write; the new size of a truncation. */
  readonly offset: number;
  /** What was written; the new name of a renaming or a link. */
  readonly data: Buffer;
};

const magic = 0x43525751;
const headSizeBytes = 21;

/** Reads what `recorder.c` wrote. */
function readRecording(file: string): readonly Operation[] {
  const bytes = readFileSync(file);
  const operations: Operation[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.readUInt32LE(at) !== magic) throw new Error(`recording: no record at ${at}`);
    const op = String.fromCharCode(bytes[at + 4] ?? 0) as Operation['op'];
    const pathLength = bytes.readUInt32LE(at + 5);
    const offset = Number(bytes.readBigUInt64LE(at + 9));
    const length = bytes.readUInt32LE(at + 17);
    const pathAt = at + headSizeBytes;
    const path = bytes.toString('utf8', pathAt, pathAt + pathLength);
    at = pathAt + pathLength + length;
    operations.push({ op, path, offset, data: bytes.subarray(at - length, at) });
  }
  return operations;
}

/** Compiles the recorder into a folder; answers its path. */
export function compileRecorder(folder: string): string {
  const recorder = join(folder, 'recorder.so');
  const source = join(import.meta.dirname, 'recorder.c');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', recorder, source, '-ldl']);
  return recorder;
}

/** Runs a script of this folder and gives everything that it asked of files below `root`. */
export function recordScript(options: {
  readonly recorder: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly root: string;
}): readonly Operation[] {
  const { recorder, script, args, root } = options;
  const log = `${root}.recording`;
  const env = { PATH: process.env['PATH'] ?? '', LD_PRELOAD: recorder, RECORD_LOG: log, RECORD_ROOT: root };
  execFileSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readRecording(log);
}

/** One recorded life of a vault. */
export type VaultRun = {
  readonly root: string;
  readonly folder: string;
  /** Where the script wrote down what it was told. */
  readonly acknowledgements: string;
  readonly operations: readonly Operation[];
};

/** Records a script that is told a folder for its vault, a file for what it was told, and a fault to be played. */
export function recordVault(options: {
  readonly laboratory: string;
  readonly recorder: string;
  readonly script: string;
  readonly fault: string;
}): VaultRun {
  const { laboratory, recorder, script, fault } = options;
  const root = join(laboratory, fault);
  const folder = join(root, 'vault');
  const acknowledgements = join(root, 'acknowledged');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const args = [folder, acknowledgements, fault];
  return { root, folder, acknowledgements, operations: recordScript({ recorder, script, args, root }) };
}
