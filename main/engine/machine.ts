import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { collectPosture } from '../posture/index.ts';
import type { WorkstationOptions } from './ports.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

type Machine = Pick<
  WorkstationOptions,
  'clock' | 'bootId' | 'random' | 'chance' | 'environment' | 'isRoot' | 'posture'
>;

/** What a workstation is given of the machine that it runs on: time, chance, environment, rights, and how it is. */
export function thisMachine(directory: string): Machine {
  return {
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    bootId: bootId(),
    random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    chance: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    environment: process.env,
    isRoot: process.getuid?.() === 0,
    posture: () => collectPosture(directory),
  };
}
