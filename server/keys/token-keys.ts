import * as z from 'zod';
import { ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';
import type {
  DeviceHostContract,
  Pkcs11ModuleConfiguration,
  TokenReference,
} from '../../contracts/device-host/index.ts';
import type { CallResult, VerbInput, VerbName } from '../../contracts/rpc/index.ts';
import { verifyEd25519 } from './ed25519.ts';
import { SigningRefused, type SigningKey, type TokenKeyRefusal } from './signing-key.ts';

/** Where a key lies in a PKCS#11 token. */
export const tokenKeyPlace = z.strictObject({
  /** Absolute path of the vendor's library, which only the device host loads, and the variables that it reads. */
  modulePath: z.string().min(1).max(4_096).startsWith('/'),
  environment: z.record(z.string().max(64), z.string().max(4_096)),
  tokenLabel: z.string().min(1).max(32),
  /** CKA_ID, hexadecimal. */
  keyId: z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u),
});
export type TokenKeyPlace = z.infer<typeof tokenKeyPlace>;

/** The process that holds a vendor's library, as the one who asks it to sign sees it. */
export type DeviceHost = {
  call<Name extends VerbName<DeviceHostContract>>(
    verb: Name,
    input: VerbInput<DeviceHostContract['verbs'][Name]>,
  ): Promise<CallResult<DeviceHostContract['verbs'][Name]>>;
  close(): Promise<void>;
};
export type StartDeviceHost = (module: Pkcs11ModuleConfiguration) => DeviceHost;

/** Keys in tokens, by one PIN. Hosts start when they are first needed. */
export type TokenKeys = {
  /** The public key at a place, made there where none is; `log-key-extractable` where the token would give the key out. */
  readonly ensure: (place: TokenKeyPlace) => Promise<Result<Uint8Array, TokenKeyRefusal>>;
  readonly signingKey: (place: TokenKeyPlace, publicKey: Uint8Array) => SigningKey;
  /** Ends the hosts and wipes the PIN. */
  readonly close: () => Promise<void>;
};

const moduleId = 'log-key';
const pinCodes: ReadonlySet<string> = new Set(['pin-incorrect', 'pin-locked', 'pin-length', 'pin-expired']);
const absentCodes: ReadonlySet<string> = new Set(['card-absent', 'card-removed', 'card-module-missing']);

function meaningOf(code: string): TokenKeyRefusal {
  if (pinCodes.has(code)) return 'log-key-pin-wrong';
  if (absentCodes.has(code)) return 'log-key-token-absent';
  return code === 'key-absent' ? 'log-key-other' : 'log-key-token-failed';
}

type Refused = Extract<Result<never, TokenKeyRefusal>, { ok: false }>;

/** Opens keys in tokens; the PIN is kept until `close`, since every signature is a login of its own. */
export function openTokenKeys(
  startHost: StartDeviceHost | undefined,
  pin: Secret<'log-key-pin'> | undefined,
): TokenKeys {
  const hosts = new Map<string, DeviceHost>();
  const found = new Map<string, TokenReference>();
  let isPinWrong = false;

  function hostOf({ modulePath: path, environment }: TokenKeyPlace): DeviceHost | undefined {
    const host = hosts.get(path) ?? startHost?.({ id: moduleId, path, environment });
    if (host !== undefined) hosts.set(path, host);
    return host;
  }

  function refusedBy(place: TokenKeyPlace, code: string): Refused {
    found.delete(place.tokenLabel);
    const meaning = meaningOf(code);
    // A token counts wrong PINs and locks itself: it is asked once.
    if (meaning === 'log-key-pin-wrong') isPinWrong = true;
    return refuse(meaning, { token: place.tokenLabel, cause: code });
  }

  async function tokenOf(host: DeviceHost, place: TokenKeyPlace): Promise<Result<TokenReference, TokenKeyRefusal>> {
    const known = found.get(place.tokenLabel);
    if (known !== undefined) return ok(known);
    const listed = await host.call('tokens.list', {});
    if (!listed.ok) return refusedBy(place, listed.refusal.code);
    const state = listed.value.modules[0]?.state ?? 'card-module-missing';
    if (state !== 'loaded') return refusedBy(place, state);
    const [token, second] = listed.value.tokens.filter(({ label }) => label === place.tokenLabel);
    // Of two with one label neither gets the PIN.
    if (token === undefined || second !== undefined) return refusedBy(place, 'card-absent');
    found.set(place.tokenLabel, token.reference);
    return ok(token.reference);
  }

  async function withToken<Value>(
    place: TokenKeyPlace,
    run: (
      host: DeviceHost,
      use: { readonly token: TokenReference; readonly keyId: string; readonly pin: Uint8Array },
    ) => Promise<Result<Value>>,
  ): Promise<Result<Value, TokenKeyRefusal>> {
    if (isPinWrong || pin === undefined) return refusedBy(place, 'pin-incorrect');
    const host = hostOf(place);
    if (host === undefined) return refusedBy(place, 'card-module-missing');
    const token = await tokenOf(host, place);
    if (!token.ok) return token;
    const bytes = pin.reveal();
    try {
      const answer = await run(host, { token: token.value, keyId: place.keyId, pin: bytes });
      return answer.ok ? answer : refusedBy(place, answer.refusal.code);
    } finally {
      bytes.fill(0);
    }
  }

  return {
    ensure: async (place) => {
      const made = await withToken(place, (host, use) => host.call('ed25519.ensure', use));
      if (!made.ok) return made;
      const { publicKey, isExtractable } = made.value;
      return isExtractable ? refuse('log-key-extractable', { token: place.tokenLabel }) : ok(publicKey);
    },
    signingKey: (place, publicKey) => ({
      publicKey,
      tokenLabel: place.tokenLabel,
      sign: async (message) => {
        const data = typeof message === 'string' ? Buffer.from(message) : message;
        const signed = await withToken(place, (host, use) => host.call('ed25519.sign', { ...use, data }));
        if (!signed.ok) throw new SigningRefused(signed.refusal);
        // Another token of the same label, another key under the same identifier, a faulty token: nobody is told of this head.
        if (verifyEd25519(publicKey, data, signed.value.signature)) return signed.value.signature;
        throw new SigningRefused({ code: 'log-key-other', details: { token: place.tokenLabel } });
      },
    }),
    close: async () => {
      await Promise.all([...hosts.values()].map((host) => host.close()));
      hosts.clear();
      pin?.wipe();
    },
  };
}
