import { generateKey, importCertificate, type KeyRequest } from './keys.ts';
import { keepPristine } from './mend.ts';
import { inToken, withLibrary, type SoftHsmStore } from './token-store.ts';

export type TokenRequest = { readonly label: string; readonly pin: string; readonly keys: readonly KeyRequest[] };

export type MadeKey = {
  readonly tokenLabel: string;
  readonly keyId: string;
  /** DER of SubjectPublicKeyInfo, for a certification authority. */
  readonly spki: Uint8Array;
};

/** Makes the tokens and, inside them, their keys. Running it twice makes the keys twice: it belongs to a store's first run. */
export function makeTokens(store: SoftHsmStore, tokens: readonly TokenRequest[]): readonly MadeKey[] {
  const made = withLibrary(store, (api) =>
    tokens.flatMap((token) =>
      inToken(api, token, (session) =>
        token.keys.map((key) => ({ tokenLabel: token.label, keyId: key.keyId, spki: generateKey(session, key) })),
      ),
    ),
  );
  keepPristine(store);
  return made;
}

export type IssuedCertificate = { readonly keyId: string; readonly label: string; readonly der: Uint8Array };

/** Stores certificates beside their keys in one token. */
export function importCertificates(
  store: SoftHsmStore,
  token: { readonly label: string; readonly pin: string },
  certificates: readonly IssuedCertificate[],
): void {
  withLibrary(store, (api) =>
    inToken(api, token, (session) => {
      for (const certificate of certificates) importCertificate(session, certificate);
    }),
  );
}
