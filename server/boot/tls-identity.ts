import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  bitString,
  element,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from '../../eds/der/index.ts';
import type { ServerPin } from '../accounts/index.ts';
import type { TlsIdentity } from '../http/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import type { Surroundings } from '../platform/index.ts';

/** Workstations pin the key, not the dates; renewing keeps the key. */
const lifeMs = 10 * 365 * 86_400_000;
const backdateMs = 3_600_000;

const commonName = '2.5.4.3';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const subjectAltName = '2.5.29.17';
const keyUsage = '2.5.29.15';
const extendedKeyUsage = '2.5.29.37';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const booleanTrue = element(0x01, Uint8Array.of(0xff));

function ipBytes(host: string): Uint8Array {
  if (isIP(host) === 4) return Uint8Array.from(host.split('.').map(Number));
  const groups = new URL(`http://[${host}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const all =
    groups.length === 1 ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

function altName(host: string): Uint8Array {
  return isIP(host) === 0 ? taggedPrimitive(2, Buffer.from(host, 'ascii')) : taggedPrimitive(7, ipBytes(host));
}

function extension(oid: string, value: Uint8Array, isCritical: boolean): Uint8Array {
  return sequence(objectIdentifier(oid), ...(isCritical ? [booleanTrue] : []), octetString(value));
}

/** Makes a self-signed certificate of the listener for these hosts. */
function makeCertificate(options: {
  readonly keyPem: string;
  readonly hosts: readonly string[];
  readonly nowMs: number;
  readonly serial: Uint8Array;
}): Buffer {
  const { keyPem, hosts, nowMs, serial } = options;
  const name = sequence(setOf(sequence(objectIdentifier(commonName), utf8String(hosts[0] ?? 'localhost'))));
  const algorithm = sequence(objectIdentifier(ecdsaWithSha256));
  const spki = createPublicKey(keyPem).export({ format: 'der', type: 'spki' });
  const extensions = sequence(
    extension(subjectAltName, sequence(...hosts.map(altName)), false),
    extension(keyUsage, namedBits([0]), true),
    extension(extendedKeyUsage, sequence(objectIdentifier(serverAuth)), false),
  );
  const signedPart = sequence(
    tagged(0, integer(2)),
    integer(serial),
    algorithm,
    name,
    sequence(time(nowMs - backdateMs), time(nowMs + lifeMs)),
    name,
    spki,
    tagged(3, extensions),
  );
  const signature = sign('sha256', signedPart, createPrivateKey(keyPem));
  return Buffer.from(sequence(signedPart, algorithm, bitString(signature)));
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Makes key (0600) and certificate of the listener in `folder`, unless they are there. */
export function ensureTlsIdentity(folder: string, url: string, surroundings: Surroundings): void {
  const keyFile = join(folder, 'tls-key.pem');
  const certificateFile = join(folder, 'tls-certificate.pem');
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flush: true });
  }
  if (existsSync(certificateFile)) return;
  const own = new URL(url).hostname.replaceAll(/[[\]]/gu, '');
  const hosts = [...new Set([own, 'localhost', '127.0.0.1', '::1'])];
  const serial = surroundings.randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const der = makeCertificate({ keyPem: readFileSync(keyFile, 'utf8'), hosts, nowMs: surroundings.nowMs(), serial });
  writeFileSync(certificateFile, pem(der), { mode: 0o644, flush: true });
}

/** Reads what `ensureTlsIdentity` made, or what an administrator put in its place. */
export function readTlsIdentity(folder: string): { readonly tls: TlsIdentity; readonly pin: ServerPin } {
  const key = readFileSync(join(folder, 'tls-key.pem'), 'utf8');
  const certificate = readFileSync(join(folder, 'tls-certificate.pem'), 'utf8');
  const parsed = new X509Certificate(certificate);
  const spki = sha256Hex(parsed.publicKey.export({ format: 'der', type: 'spki' }));
  return { tls: { key, certificate }, pin: { spki, certificate: parsed.raw } };
}
