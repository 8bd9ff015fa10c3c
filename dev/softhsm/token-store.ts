import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pkcs11js from 'pkcs11js';

/** Where Debian's `softhsm2` puts the module. */
export const softHsmModuleFile = '/usr/lib/softhsm/libsofthsm2.so';

/** The security officer's PIN of demonstration tokens: SoftHSM wants one, nothing here uses it again. */
const officerPin = '12345678';

export type SoftHsmStore = {
  readonly directory: string;
  readonly modulePath: string;
  /** For the module's entry in the device host's configuration; never for the environment of main. */
  readonly environment: { readonly SOFTHSM2_CONF: string };
};

/** Writes the configuration of a token store into `directory`; tokens that are there already stay. */
export function openSoftHsmStore(directory: string): SoftHsmStore {
  const tokens = join(directory, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  const configurationFile = join(directory, 'softhsm2.conf');
  const lines = [
    `directories.tokendir = ${tokens}`,
    'objectstore.backend = file',
    'log.level = ERROR',
    'slots.removable = false',
    'slots.mechanisms = ALL',
    '',
  ];
  writeFileSync(configurationFile, lines.join('\n'), { mode: 0o600 });
  return { directory, modulePath: softHsmModuleFile, environment: { SOFTHSM2_CONF: configurationFile } };
}

export type SoftHsmSession = {
  readonly api: pkcs11js.PKCS11;
  readonly session: Buffer;
};

function slotOfToken(api: pkcs11js.PKCS11, label: string): Buffer | undefined {
  return api.C_GetSlotList(true).find((slot) => {
    const info = api.C_GetTokenInfo(slot);
    return (info.flags & pkcs11js.CKF_TOKEN_INITIALIZED) !== 0 && info.label.trim() === label;
  });
}

function blankSlot(api: pkcs11js.PKCS11): Buffer {
  const slot = api
    .C_GetSlotList(true)
    .find((candidate) => (api.C_GetTokenInfo(candidate).flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0);
  if (slot === undefined) throw new Error('SoftHSM offers no blank token');
  return slot;
}

/**
 * Runs `work` with the store's library, in this process. SoftHSM reads its configuration when it is initialised, so the
 * variable is set for that moment only and the library is finalised at the end.
 */
export function withLibrary<T>(store: SoftHsmStore, work: (api: pkcs11js.PKCS11) => T): T {
  const before = process.env['SOFTHSM2_CONF'];
  process.env['SOFTHSM2_CONF'] = store.environment.SOFTHSM2_CONF;
  const api = new pkcs11js.PKCS11();
  try {
    api.load(store.modulePath);
    api.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
    return work(api);
  } finally {
    api.C_Finalize();
    if (before === undefined) delete process.env['SOFTHSM2_CONF'];
    else process.env['SOFTHSM2_CONF'] = before;
  }
}

/** Logs in to the token of this label as its user, read-write, and logs out afterwards. Makes the token when it is absent. */
export function inToken<T>(
  api: pkcs11js.PKCS11,
  token: { readonly label: string; readonly pin: string },
  work: (session: SoftHsmSession) => T,
): T {
  if (slotOfToken(api, token.label) === undefined) {
    const blank = blankSlot(api);
    api.C_InitToken(blank, officerPin, token.label.padEnd(32));
    const fresh = slotOfToken(api, token.label) ?? blank;
    const session = api.C_OpenSession(fresh, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    api.C_Login(session, pkcs11js.CKU_SO, officerPin);
    api.C_InitPIN(session, token.pin);
    api.C_Logout(session);
    api.C_CloseSession(session);
  }
  const slot = slotOfToken(api, token.label);
  if (slot === undefined) throw new Error('SoftHSM lost the token that was just made');
  const session = api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
  try {
    api.C_Login(session, pkcs11js.CKU_USER, token.pin);
    return work({ api, session });
  } finally {
    api.C_CloseAllSessions(slot);
  }
}
