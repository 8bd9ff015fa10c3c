import { existsSync } from 'node:fs';
import pkcs11js from 'pkcs11js';
import type { DeviceHostConfiguration } from '../../../contracts/device-host/index.ts';
import { refuse, type Result } from '../../../core/kernel/index.ts';
import { profileOf, type ModuleProfile } from './profiles.ts';

export type Pkcs11 = pkcs11js.PKCS11;

export type ModuleRefusal = 'card-module-missing' | 'card-module-unusable' | 'card-module-set-aside';

/** One configured vendor library: loaded, or the reason why it is not. */
export type CardModule = {
  readonly id: string;
  readonly path: string;
  /** Tries again when the file was absent: drivers are installed while the application runs. */
  load(): Result<Pkcs11, ModuleRefusal>;
  /** Tries again whatever happened before, because a person asked for it. */
  retry(): Result<Pkcs11, 'card-module-missing' | 'card-module-unusable'>;
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

export type ModuleWatch = {
  readonly log: (line: string) => void;
  /** Runs what may be the end of this process, so that main knows what it died of. */
  readonly trying: <T>(moduleId: string, run: () => T) => T;
  /** What every start asks of a module, and what some die of: which cards do you see? */
  readonly listOnce: (api: Pkcs11, module: CardModule) => void;
};

export function openModule(
  configuration: DeviceHostConfiguration['modules'][number],
  { log, trying, listOnce }: ModuleWatch,
): CardModule {
  const { id, path } = configuration;
  let loaded: Result<Pkcs11, ModuleRefusal> = refuse(
    configuration.isSetAside ? 'card-module-set-aside' : 'card-module-missing',
  );
  let profile: ModuleProfile | undefined;
  const retry: CardModule['retry'] = () => {
    if (loaded.ok) return loaded;
    if (!existsSync(path)) return refuse('card-module-missing');
    try {
      const api = trying(id, () => {
        const library = loadLibrary(path);
        listOnce(library, module);
        return library;
      });
      return (loaded = { ok: true, value: api });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      log(JSON.stringify({ module: id, state: 'card-module-unusable', reason }));
      return (loaded = refuse('card-module-unusable'));
    }
  };
  const module: CardModule = {
    id,
    path,
    load: () => (loaded.ok || loaded.refusal.code !== 'card-module-missing' ? loaded : retry()),
    retry,
    profileOf: (api) => (profile ??= profileOf(api, configuration)),
  };
  return module;
}
