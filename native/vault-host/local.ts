import { randomBytes, randomUUID } from 'node:crypto';
import type { QuarantineReason } from '../../core/journal/index.ts';
import { durable, vaultFiles, type Durability } from './disk.ts';
import type { KdfParameters } from './slots/index.ts';
import { Vault } from './vault/vault.ts';

/** OWASP's stronger choice for Argon2id at a desk: 64 MiB, three passes; about 0.2 s on the slowest machine that we serve. */
export const kdfDefault: KdfParameters = { memoryKib: 65_536, passes: 3, lanes: 1 };

export type LocalVaultOptions = {
  readonly directory: string;
  readonly onQuarantine?: (reason: QuarantineReason) => void;
  /** Of slots made from now on; each slot keeps its own. Tests make it cheap. */
  readonly kdf?: KdfParameters;
  /** Fault tests take an fsync away. */
  readonly durability?: Durability;
};

/** The vault of a folder with real chance and a real disk. Opens nothing yet. */
export function localVault(options: LocalVaultOptions): Vault {
  return new Vault({
    files: vaultFiles(options.directory),
    durability: options.durability ?? durable,
    tools: { random: randomBytes, newId: randomUUID, kdf: options.kdf ?? kdfDefault },
    onQuarantine: options.onQuarantine ?? (() => undefined),
  });
}
