import pkcs11js from 'pkcs11js';
import { refuse, type Result } from '../../../core/kernel/index.ts';

/** What a PKCS#11 return value can mean to the person in front of the card. */
export type CardCode =
  | 'card-absent'
  | 'card-removed'
  | 'card-busy'
  | 'card-failed'
  | 'pin-incorrect'
  | 'pin-locked'
  | 'pin-length'
  | 'pin-expired'
  | 'pin-entry-cancelled'
  | 'mechanism-unsupported'
  | 'ciphertext-invalid'
  | 'peer-key-invalid';

/** PKCS#11 2.40 §11.1: return values with one meaning wherever they come from. */
const meanings: ReadonlyMap<number, CardCode> = new Map([
  [pkcs11js.CKR_PIN_INCORRECT, 'pin-incorrect'],
  [pkcs11js.CKR_PIN_LOCKED, 'pin-locked'],
  [pkcs11js.CKR_PIN_EXPIRED, 'pin-expired'],
  [pkcs11js.CKR_PIN_LEN_RANGE, 'pin-length'],
  [pkcs11js.CKR_PIN_INVALID, 'pin-length'],
  [pkcs11js.CKR_FUNCTION_CANCELED, 'pin-entry-cancelled'],
  [pkcs11js.CKR_FUNCTION_REJECTED, 'pin-entry-cancelled'],
  [pkcs11js.CKR_SESSION_COUNT, 'card-busy'],
  [pkcs11js.CKR_USER_ANOTHER_ALREADY_LOGGED_IN, 'card-busy'],
  [pkcs11js.CKR_OPERATION_ACTIVE, 'card-busy'],
  [pkcs11js.CKR_CANT_LOCK, 'card-busy'],
  [pkcs11js.CKR_MECHANISM_INVALID, 'mechanism-unsupported'],
  [pkcs11js.CKR_MECHANISM_PARAM_INVALID, 'mechanism-unsupported'],
  [pkcs11js.CKR_KEY_TYPE_INCONSISTENT, 'mechanism-unsupported'],
  [pkcs11js.CKR_KEY_FUNCTION_NOT_PERMITTED, 'mechanism-unsupported'],
  [pkcs11js.CKR_KEY_SIZE_RANGE, 'mechanism-unsupported'],
  [pkcs11js.CKR_FUNCTION_NOT_SUPPORTED, 'mechanism-unsupported'],
  [pkcs11js.CKR_ENCRYPTED_DATA_INVALID, 'ciphertext-invalid'],
  [pkcs11js.CKR_ENCRYPTED_DATA_LEN_RANGE, 'ciphertext-invalid'],
]);

/** Return values that a module gives when the card has left its reader; which of them depends on the moment and the vendor. */
const leftTheReader: ReadonlySet<number> = new Set([
  pkcs11js.CKR_SLOT_ID_INVALID,
  pkcs11js.CKR_TOKEN_NOT_PRESENT,
  pkcs11js.CKR_DEVICE_REMOVED,
  pkcs11js.CKR_SESSION_CLOSED,
  pkcs11js.CKR_SESSION_HANDLE_INVALID,
]);

export function isPkcs11Error(error: unknown): error is pkcs11js.Pkcs11Error {
  return error instanceof pkcs11js.Pkcs11Error;
}

/**
 * The refusal behind a failed call on a card. `wasThere`: the card had been reached before, so that absence is removal.
 * `isStillThere` is asked only when the return value says no more than "failed". Anything but a PKCS#11 error is a bug, thrown on.
 */
export function refusalOf(
  error: unknown,
  card: { readonly wasThere: boolean; readonly isStillThere: () => boolean },
): Extract<Result<never, CardCode>, { ok: false }> {
  if (!isPkcs11Error(error)) throw error;
  const gone = card.wasThere ? 'card-removed' : 'card-absent';
  // OpenSC says "not recognised" also of a card that it has just used, when the card objects to what it was given.
  const isStranger = !card.wasThere && error.code === pkcs11js.CKR_TOKEN_NOT_RECOGNIZED;
  if (isStranger || leftTheReader.has(error.code)) return refuse(gone);
  const meaning = meanings.get(error.code);
  if (meaning !== undefined) return refuse(meaning);
  if (!card.isStillThere()) return refuse(gone);
  return refuse('card-failed', { cause: /^CKR_[A-Z_]{1,64}$/u.test(error.message) ? error.message : 'CKR_OTHER' });
}
