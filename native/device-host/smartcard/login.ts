import pkcs11js from 'pkcs11js';
import type { TokenReference, TokenState } from '../../../contracts/device-host/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { CardModule, ModuleRefusal, Pkcs11 } from './module.ts';
import type { ModuleProfile } from './profiles.ts';
import { isPkcs11Error, refusalOf, type CardCode } from './refusals.ts';
import { didCardStay, noteLogin, readReferenced } from './tokens.ts';

export type ModuleFinder = (id: string) => CardModule | undefined;

export type CardSession = {
  readonly api: Pkcs11;
  readonly session: Buffer;
  readonly slot: Buffer;
  readonly token: TokenState;
  readonly profile: ModuleProfile;
  /** Logs in once more for the one operation that was begun, as a key with CKA_ALWAYS_AUTHENTICATE asks. */
  authenticateAgain(): void;
};

export type SessionRefusal = CardCode | ModuleRefusal;

type LoadedModule = { readonly module: CardModule; readonly api: Pkcs11 };

type SessionOptions = {
  readonly token: TokenReference;
  /** `public`: no login. Otherwise the PIN, or none when the reader has keys of its own. */
  readonly login: 'public' | { readonly pin: Uint8Array | undefined };
  /** Objects will be made in the token. */
  readonly mayWrite?: boolean;
};

/** Errors on the way out tell nothing new: the card is gone, or the login was lost with the failed operation. */
function ignoringCardErrors<T>(leave: () => T): T | undefined {
  try {
    return leave();
  } catch (error) {
    if (!isPkcs11Error(error)) throw error;
    return undefined;
  }
}

function logIn(api: Pkcs11, session: Buffer, userType: number, pin: Uint8Array | undefined): void {
  // The binding takes a string only: this copy, and the one inside the addon, cannot be wiped (docs/THREATS.md).
  api.C_Login(
    session,
    userType,
    pin === undefined ? '' : Buffer.from(pin.buffer, pin.byteOffset, pin.length).toString('utf8'),
  );
}

/** What can be known before the card is asked, so that no attempt is spent on it. */
function preconditionOf(
  token: TokenState,
  pin: Uint8Array | undefined,
): Result<undefined, 'pin-locked' | 'pin-length'> {
  if (token.attempts === 'locked') return refuse('pin-locked');
  if (token.hasPinPad) return ok(undefined);
  const length = pin?.length ?? 0;
  const isRight =
    length > 0 && length >= token.pinLengthMin && (token.pinLengthMax === 0 || length <= token.pinLengthMax);
  return isRight
    ? ok(undefined)
    : refuse('pin-length', { lengthMin: token.pinLengthMin, lengthMax: token.pinLengthMax });
}

function openSession(api: Pkcs11, slot: Buffer, { login, mayWrite }: Omit<SessionOptions, 'token'>): Buffer {
  const flags = pkcs11js.CKF_SERIAL_SESSION | (mayWrite === true ? pkcs11js.CKF_RW_SESSION : 0);
  const session = api.C_OpenSession(slot, flags);
  if (login === 'public') return session;
  try {
    logIn(api, session, pkcs11js.CKU_USER, login.pin);
    return session;
  } catch (error) {
    ignoringCardErrors(() => api.C_CloseSession(session));
    if (!isPkcs11Error(error) || error.code !== pkcs11js.CKR_USER_ALREADY_LOGGED_IN) throw error;
  }
  // A login outlived its session: end all of them, which logs out, so that the PIN at hand is the one that is checked.
  api.C_CloseAllSessions(slot);
  const fresh = api.C_OpenSession(slot, flags);
  logIn(api, fresh, pkcs11js.CKU_USER, login.pin);
  return fresh;
}

function inSession<T, Code extends string>(
  { module, api }: LoadedModule,
  options: SessionOptions,
  run: (session: CardSession) => Result<T, Code>,
): Result<T, Code | CardCode> {
  const { login, mayWrite = false } = options;
  const slot = Buffer.from(options.token.slotId, 'hex');
  let wasThere = false;
  let session: Buffer | undefined;
  try {
    const token = readReferenced(api, module, options.token);
    if (token === undefined) return refuse('card-absent');
    // Where the reader has keys, no PIN crosses the cable, whatever the caller has.
    const pin = login === 'public' || token.hasPinPad ? undefined : login.pin;
    const precondition = login === 'public' ? ok(undefined) : preconditionOf(token, pin);
    if (!precondition.ok) return precondition;
    wasThere = true;
    const opened = openSession(api, slot, { login: login === 'public' ? login : { pin }, mayWrite });
    session = opened;
    if (login !== 'public') noteLogin(api, options.token, true);
    return run({
      api,
      session: opened,
      slot,
      token,
      profile: module.profileOf(api),
      authenticateAgain: () => logIn(api, opened, pkcs11js.CKU_CONTEXT_SPECIFIC, pin),
    });
  } catch (error) {
    return withAttempts(
      { module, api },
      options.token,
      refusalOf(error, { wasThere, isStillThere: () => didCardStay(api, slot) }),
    );
  } finally {
    const left = session;
    if (left !== undefined) {
      if (login !== 'public') ignoringCardErrors(() => api.C_Logout(left));
      ignoringCardErrors(() => api.C_CloseSession(left));
    }
  }
}

/** A wrong PIN is refused together with what is left, so that the next attempt is made knowingly. */
function withAttempts(
  { module, api }: LoadedModule,
  reference: TokenReference,
  refused: Extract<Result<never, CardCode>, { ok: false }>,
): Extract<Result<never, CardCode>, { ok: false }> {
  if (refused.refusal.code !== 'pin-incorrect') return refused;
  noteLogin(api, reference, false);
  const attempts = ignoringCardErrors(() => readReferenced(api, module, reference)?.attempts) ?? 'count-low';
  return attempts === 'locked' ? refuse('pin-locked') : refuse('pin-incorrect', { attempts });
}

/**
 * Runs one operation in a session of its own and always ends it: logged out, closed. After a failed operation a session is in
 * no state that PKCS#11 defines (OpenSC leaves the token logged out and the operation active), so none is ever used twice.
 */
export function withSession<T, Code extends string>(
  modules: ModuleFinder,
  options: SessionOptions,
  run: (session: CardSession) => Result<T, Code>,
): Result<T, Code | SessionRefusal> {
  const module = modules(options.token.moduleId);
  if (module === undefined) return refuse('card-module-missing');
  const api = module.load();
  return api.ok ? inSession({ module, api: api.value }, options, run) : api;
}
