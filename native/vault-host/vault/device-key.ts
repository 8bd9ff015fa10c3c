import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { DeviceId, JournalEpoch } from '../../../core/kernel/index.ts';
import { toBase64 } from '../../../core/kernel/index.ts';
import { enrolmentProofText, type coveredHeaders } from '../../../contracts/http/index.ts';

/** The key of this workstation. Lives in the encrypted journal, is used here and never leaves. */
export type DeviceKey = { readonly privateKey: KeyObject; readonly publicKey: Uint8Array<ArrayBuffer> };

const publicKeySizeBytes = 32;

function withPublic(privateKey: KeyObject): DeviceKey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: Uint8Array.from(spki.subarray(spki.length - publicKeySizeBytes)) };
}

export function newDeviceKey(): DeviceKey {
  return withPublic(generateKeyPairSync('ed25519').privateKey);
}

/** Text under which the key is kept in the encrypted file. */
export function deviceKeyText({ privateKey }: DeviceKey): string {
  return toBase64(privateKey.export({ format: 'der', type: 'pkcs8' }));
}

export function readDeviceKey(text: string): DeviceKey {
  return withPublic(createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' }));
}

/** Visible ASCII without line breaks: what may stand in the value of a covered component. */
const value = '[\\x20-\\x7e]{1,4096}';

/** Names and values of headers that a request may carry beside its body, in the order of `coveredHeaders`. */
const covered = [
  ['authorization', `Bearer ${value}`],
  ['upload-length', '[0-9]{1,16}'],
  ['upload-metadata', '[\\x20-\\x7e]{1,8192}'],
  ['upload-offset', '[0-9]{1,16}'],
] as const satisfies readonly (readonly [(typeof coveredHeaders)[number], string])[];

const coveredLines = covered.map(([name, text]) => `(?:"${name}": ${text}\\n)?`).join('');
const coveredNames = covered.map(([name]) => `(?: "${name}")?`).join('');

const requestPattern = new RegExp(
  `^"@method": (?:GET|HEAD|POST|PATCH|DELETE)\\n"@path": /${value}\\n"@query": \\?(?:${value})?\\n"content-digest": sha-256=:[A-Za-z0-9+/]{43}=:\\n` +
    coveredLines +
    `"@signature-params": \\("@method" "@path" "@query" "content-digest"${coveredNames}\\);created=[0-9]{1,12};nonce="[A-Za-z0-9+/]{22}==";keyid="([0-9a-f-]{36})";alg="ed25519"$`,
  'u',
);

type Owner = { readonly device: DeviceId | undefined; readonly epoch: JournalEpoch; readonly key: DeviceKey };

/**
 * True for the two kinds of text that this key may sign: a request of this device (RFC 9421), and, before there is a
 * device, the proof of its own enrolment. Everything else could be turned into something that nobody meant.
 */
function isOwnMessage(text: string, { device, epoch, key }: Owner): boolean {
  if (device !== undefined) return requestPattern.exec(text)?.[1] === device;
  const code = text.split('\n')[1] ?? '';
  return (
    /^[0-9A-Z-]{4,64}$/u.test(code) && text === enrolmentProofText({ code, publicKey: toBase64(key.publicKey), epoch })
  );
}

/** Signature over a message of this device, or `undefined` where the message is not one. */
export function signAsDevice(message: Uint8Array, owner: Owner): Uint8Array<ArrayBuffer> | undefined {
  const text = new TextDecoder('latin1').decode(message);
  return isOwnMessage(text, owner) ? Uint8Array.from(sign(null, message, owner.key.privateKey)) : undefined;
}
