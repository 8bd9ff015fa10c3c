import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { AppView } from '../../contracts/ipc/index.ts';

/**
 * What a workstation knows before its vault is open: no personal data, and nothing that is believed. Whoever edits these files
 * changes the words of the locked screen and which cards it puts aside; profile, server and keys come from the vault.
 */
const hintsSchema = z.strictObject({
  profile: z.enum(['demo', 'production']),
  operatorName: z.string().max(300),
  deviceId: z.string().max(64),
  deviceName: z.string().max(80),
  /** SHA-256 of the key of this device; what was enrolled before it was shown lacks it. */
  deviceFingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .optional(),
  serverUrl: z.string().max(300),
  /** Whom the enrolment trusts (DER in base64), and which carriers and policies it takes: certificates on cards are put aside by it while locked. */
  trust: z
    .strictObject({
      anchors: z.array(z.string().max(16_384)).max(16),
      intermediates: z.array(z.string().max(16_384)).max(64),
      carriers: z.array(z.string().max(128)).max(64),
      refusedPolicies: z.array(z.string().max(128)).max(64),
    })
    .optional(),
});

const preferencesSchema = z.strictObject({
  locale: z.enum(['kk', 'ru', 'en']),
  colourScheme: z.enum(['light', 'dark', 'auto']),
  density: z.enum(['compact', 'comfortable']),
});

const demoSchema = z
  .array(
    z.strictObject({
      name: z.string().max(200),
      role: z.string().max(64),
      pin: z.string().max(64),
      password: z.string().max(64),
    }),
  )
  .max(16);

/** How the last shift ended, where its window was closed under it. */
const leftSchema = z.enum(['desk-left', 'desk-left-unsaid']);

/** Slots of the vault whose password may be another one than the server's. */
const unsettledSchema = z.array(z.string().max(64)).max(64);

type Preferences = AppView['preferences'];

export type Left = z.output<typeof leftSchema>;
export type Hints = z.output<typeof hintsSchema>;
export type DemoCredentials = z.output<typeof demoSchema>;

const defaultPreferences: Preferences = { locale: 'kk', colourScheme: 'auto', density: 'compact' };

function read<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A damaged hint is no hint.
    return undefined;
  }
}

function write(file: string, value: unknown): void {
  const part = `${file}.part`;
  const handle = openSync(part, 'w', 0o600);
  writeSync(handle, `${JSON.stringify(value, undefined, 2)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, file);
}

export type LocalFiles = {
  readonly vaultDirectory: string;
  hints(): Hints | undefined;
  saveHints(hints: Hints): void;
  preferences(): Preferences;
  savePreferences(preferences: Preferences): void;
  /** Written by the demo beside its tokens; shown only while the hints say that this workstation is of a demo. */
  demoCredentials(): DemoCredentials;
  /** True from just before the server was asked for a new password of this slot until vault and server have the same; durable. */
  isPasswordUnsettled(slotId: string): boolean;
  setPasswordUnsettled(slotId: string, isUnsettled: boolean): void;
  /** What the next start says of a shift that ended with its window; `null` where nothing is to be said. */
  left(): Left | null;
  saveLeft(left: Left | null): void;
  /** Moves a journal out of the way that was never bound to a platform, or that records nothing any more; nothing is ever deleted. */
  setVaultAside(why: 'unbound' | 'ended', suffix: string): void;
};

/** The small files beside the vault. The folder is made private when absent. */
export function openLocalFiles(directory: string): LocalFiles {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(directory, name);
  const hints = (): Hints | undefined => read(at('workstation.json'), hintsSchema);
  const unsettled = (): readonly string[] => read(at('passwords-unsettled.json'), unsettledSchema) ?? [];
  return {
    vaultDirectory: at('vault'),
    hints,
    saveHints: (value) => write(at('workstation.json'), value),
    preferences: () => read(at('preferences.json'), preferencesSchema) ?? defaultPreferences,
    savePreferences: (value) => write(at('preferences.json'), value),
    demoCredentials: () => (hints()?.profile === 'demo' ? (read(at('demo.json'), demoSchema) ?? []) : []),
    isPasswordUnsettled: (slotId) => unsettled().includes(slotId),
    setPasswordUnsettled: (slotId, isUnsettled) => {
      const others = unsettled().filter((one) => one !== slotId);
      if (isUnsettled || others.length < unsettled().length)
        write(at('passwords-unsettled.json'), isUnsettled ? [...others, slotId] : others);
    },
    left: () => read(at('left.json'), leftSchema) ?? null,
    saveLeft: (left) => {
      if (left !== null) write(at('left.json'), left);
      else rmSync(at('left.json'), { force: true });
    },
    setVaultAside: (why, suffix) => {
      if (existsSync(at('vault'))) renameSync(at('vault'), at(`vault-${why}-${suffix}`));
    },
  };
}
