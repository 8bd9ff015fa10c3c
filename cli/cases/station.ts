import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkstation, type PromptPort, type Workstation } from '../../main/engine/index.ts';
import { cardModules, hostFiles } from '../cards/index.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

/** The workstation of a folder, without windows; the caller closes it. */
export function openStation(options: {
  readonly directory: string;
  readonly cards: string | undefined;
  readonly prompt: PromptPort;
  readonly onBug: (incidentId: string, stack: string) => void;
}): Workstation {
  const { directory, cards, prompt } = options;
  return createWorkstation({
    ...hostFiles,
    directory,
    modules: cardModules([cards ?? join(directory, 'cards.json')]),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    bootId: bootId(),
    random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    chance: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    prompt,
    environment: process.env,
    version: 'cli',
    kind: 'import-station',
    isRoot: process.getuid?.() === 0,
    log: (entry) => {
      if (entry.kind === 'bug') options.onBug(entry.incidentId, entry.stack);
    },
  });
}
