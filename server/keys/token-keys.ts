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

type Hosts = {
  readonly of: (place: TokenKeyPlace) => DeviceHost | undefined;
  readonly leave: (place: TokenKeyPlace) => void;
  readonly close: () => Promise<void>;
};

/** One host a library. */
function openHosts(startHost: StartDeviceHost | undefined): Hosts {
  const hosts = new Map<string, DeviceHost>();
  const leaving = new Set<Promise<void>>();
  return {
    of: ({ modulePath: path, environment }) => {
      const host = hosts.get(path) ?? startHost?.({ id: moduleId, path, environment });
      if (host !== undefined) hosts.set(path, host);
      return host;
    },
    // Some libraries never see a token again that was away (SoftHSM): the next signature is asked of a host that was started anew.
    leave: ({ modulePath }) => {
      const closing = hosts.get(modulePath)?.close();
      hosts.delete(modulePath);
      if (closing === undefined) return;
      leaving.add(closing);
      void closing.finally(() => leaving.delete(closing));
    },
    close: async () => {
      await Promise.all([...leaving, ...[...hosts.values()].map((host) => host.close())]);
      hosts.clear();
    },
  };
}

/** The one token of a label; of two neither gets the PIN. Answers the refusal code of the host. */
async function findToken(host: DeviceHost, label: string): Promise<Result<TokenReference, string>> {
  const listed = await host.call('tokens.list', {});
  if (!listed.ok) return listed;
  const state = listed.value.modules[0]?.state ?? 'card-module-missing';
  if (state !== 'loaded') return refuse(state);
  const [token, second] = listed.value.tokens.filter((one) => one.label === label);
  if (token === undefined || second !== undefined) return refuse('card-absent');
  // A unit that starts again and again must not lock the token: the last attempt is left to a person.
  return token.attempts === 'final-try' ? refuse('pin-locked') : ok(token.reference);
}

type Use = { readonly token: TokenReference; readonly keyId: string; readonly pin: Uint8Array };
type Ask = <Value>(
  place: TokenKeyPlace,
  run: (host: DeviceHost, use: Use) => Promise<Result<Value>>,
) => Promise<Result<Value, TokenKeyRefusal>>;

/** Asks tokens by the PIN; after a refusal the token is looked for anew, and a PIN that was refused is not tried again. */
function askBy(hosts: Hosts, pin: Secret<'log-key-pin'> | undefined): Ask {
  const found = new Map<string, TokenReference>();
  let isPinWrong = false;

  async function asked<Value>(
    place: TokenKeyPlace,
    run: (host: DeviceHost, use: Use) => Promise<Result<Value>>,
  ): Promise<Result<Value, string>> {
    // A token counts wrong PINs and locks itself: it is asked once.
    if (isPinWrong || pin === undefined) return refuse('pin-incorrect');
    const host = hosts.of(place);
    if (host === undefined) return refuse('card-module-missing');
    const key = `${place.modulePath} ${place.tokenLabel}`;
    const known = found.get(key);
    const token = known === undefined ? await findToken(host, place.tokenLabel) : ok(known);
    if (!token.ok) return token;
    found.set(key, token.value);
    const bytes = pin.reveal();
    return run(host, { token: token.value, keyId: place.keyId, pin: bytes }).finally(() => bytes.fill(0));
  }

  return async (place, run) => {
    const answer = await asked(place, run);
    if (answer.ok) return answer;
    found.clear();
    hosts.leave(place);
    const code = meaningOf(answer.refusal.code);
    if (code === 'log-key-pin-wrong') isPinWrong = true;
    return refuse(code, { token: place.tokenLabel, cause: answer.refusal.code });
  };
}

/** Opens keys in tokens; the PIN is kept until `close`, since every signature is a login of its own. */
export function openTokenKeys(
  startHost: StartDeviceHost | undefined,
  pin: Secret<'log-key-pin'> | undefined,
): TokenKeys {
  const hosts = openHosts(startHost);
  const ask = askBy(hosts, pin);
  return {
    ensure: async (place) => {
      const made = await ask(place, (host, use) => host.call('ed25519.ensure', use));
      if (!made.ok) return made;
      const { publicKey, isExtractable } = made.value;
      return isExtractable ? refuse('log-key-extractable', { token: place.tokenLabel }) : ok(publicKey);
    },
    signingKey: (place, publicKey) => ({
      publicKey,
      tokenLabel: place.tokenLabel,
      sign: async (message) => {
        const data = typeof message === 'string' ? Buffer.from(message) : message;
        const signed = await ask(place, (host, use) => host.call('ed25519.sign', { ...use, data }));
        if (!signed.ok) throw new SigningRefused(signed.refusal);
        // Another token of the same label, another key under the same identifier, a faulty token: nobody is told of this head.
        if (verifyEd25519(publicKey, data, signed.value.signature)) return signed.value.signature;
        throw new SigningRefused({ code: 'log-key-other', details: { token: place.tokenLabel } });
      },
    }),
    close: async () => {
      await hosts.close();
      pin?.wipe();
    },
  };
}
