import { existsSync } from 'node:fs';
import pkcs11js from 'pkcs11js';
import type { Pkcs11ModuleConfiguration } from '../../../contracts/device-host/index.ts';
import { refuse, type Result } from '../../../core/kernel/index.ts';
import { profileOf, type ModuleProfile } from './profiles.ts';

export type Pkcs11 = pkcs11js.PKCS11;

type ModuleRefusal = 'card-module-missing' | 'card-module-unusable';

/** One configured vendor library: loaded, or the reason why it is not. */
export type CardModule = {
  readonly id: string;
  readonly path: string;
  /** Tries again when the file was absent: drivers are installed while the application runs. */
  load(): Result<Pkcs11, ModuleRefusal>;
  /** How it signs. */
  profileOf(api: Pkcs11): ModuleProfile;
};

function isAlreadyInitialised(error: unknown): boolean {
  return error instanceof pkcs11js.Pkcs11Error && error.code === pkcs11js.CKR_CRYPTOKI_ALREADY_INITIALIZED;
}

/**
 * Loads a library into this thread and initialises it for use by several threads, since a worker waits for its slot events.
 * A library that another thread has initialised is used as it is. Never finalised: vendor finalisers are known to hang.
 */
export function loadLibrary(path: string): Pkcs11 {
  const api = new pkcs11js.PKCS11();
  api.load(path);
  try {
    api.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (!isAlreadyInitialised(error)) throw error;
  }
  return api;
}

export function openModule(configuration: Pkcs11ModuleConfiguration, log: (line: string) => void): CardModule {
  let loaded: Result<Pkcs11, ModuleRefusal> = refuse('card-module-missing');
  let profile: ModuleProfile | undefined;
  return {
    id: configuration.id,
    path: configuration.path,
    load() {
      if (loaded.ok || loaded.refusal.code === 'card-module-unusable') return loaded;
      if (!existsSync(configuration.path)) return loaded;
      try {
        loaded = { ok: true, value: loadLibrary(configuration.path) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown';
        log(JSON.stringify({ module: configuration.id, state: 'card-module-unusable', reason }));
        loaded = refuse('card-module-unusable');
      }
      return loaded;
    },
    profileOf: (api) => (profile ??= profileOf(api, configuration)),
  };
}
