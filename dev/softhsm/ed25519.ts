import pkcs11js from 'pkcs11js';
import { inToken, withLibrary, type SoftHsmStore } from './token-store.ts';

type Token = { readonly label: string; readonly pin: string };

/** PKCS#11 3.0 §2.3, which the binding does not name. */
const edwards = { keyType: 0x40, makePair: 0x1055 } as const;
const ed25519Parameters = Buffer.from('06032b6570', 'hex');

/** Makes an Ed25519 pair that the token would give out: what no key of a log may be. */
export function makeExtractableEd25519(store: SoftHsmStore, token: Token, keyId: string): void {
  const shared = [
    { type: pkcs11js.CKA_KEY_TYPE, value: edwards.keyType },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: Buffer.from(keyId, 'hex') },
  ];
  withLibrary(store, (api) =>
    inToken(api, token, ({ session }) =>
      api.C_GenerateKeyPair(
        session,
        { mechanism: edwards.makePair },
        [
          ...shared,
          { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY },
          { type: pkcs11js.CKA_EC_PARAMS, value: ed25519Parameters },
        ],
        [
          ...shared,
          { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
          { type: pkcs11js.CKA_SENSITIVE, value: false },
          { type: pkcs11js.CKA_EXTRACTABLE, value: true },
          { type: pkcs11js.CKA_SIGN, value: true },
        ],
      ),
    ),
  );
}

/** What a token says of a private key, and the error by which it keeps the key's value; `undefined` where it gives it out. */
export function privateKeyOf(
  store: SoftHsmStore,
  token: Token,
  keyId: string,
): { readonly isExtractable: boolean; readonly isSensitive: boolean; readonly valueError: string | undefined } {
  return withLibrary(store, (api) =>
    inToken(api, token, ({ session }) => {
      api.C_FindObjectsInit(session, [
        { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
        { type: pkcs11js.CKA_ID, value: Buffer.from(keyId, 'hex') },
      ]);
      const key = api.C_FindObjects(session);
      api.C_FindObjectsFinal(session);
      if (key === null) throw new Error('the token has no such key');
      const isSet = (type: number): boolean => {
        const value = api.C_GetAttributeValue(session, key, [{ type }])[0]?.value;
        return Buffer.isBuffer(value) && value[0] === 1;
      };
      let valueError: string | undefined;
      try {
        api.C_GetAttributeValue(session, key, [{ type: pkcs11js.CKA_VALUE }]);
      } catch (error) {
        if (!(error instanceof pkcs11js.Pkcs11Error)) throw error;
        valueError = error.message;
      }
      const flags = { isExtractable: isSet(pkcs11js.CKA_EXTRACTABLE), isSensitive: isSet(pkcs11js.CKA_SENSITIVE) };
      return { ...flags, valueError };
    }),
  );
}
