import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

/** Machines in front of the server whose word counts about the address of whoever asks through them. */
export type TrustedProxies = { readonly has: (address: string) => boolean };

/** The socket's own address counts. */
export const noProxies: TrustedProxies = { has: () => false };

/** Proxies of one platform. */
const proxiesMax = 16;

/** Without the zone of a link, and an IPv4 address as such, however the socket writes it. */
function plain(address: string): string {
  const [bare = ''] = address.split('%');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(bare)?.[1] ?? bare;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function add(list: BlockList, entry: string): boolean {
  const [address = '', prefix, more] = entry.split('/');
  const size = isIP(address);
  if (size === 0 || more !== undefined || address.includes('%')) return false;
  if (prefix === undefined) {
    list.addAddress(address, familyOf(address));
    return true;
  }
  // Whoever trusts everybody believes what anybody writes about himself.
  const isPrefix = /^[1-9]\d{0,2}$/u.test(prefix) && Number(prefix) <= (size === 4 ? 32 : 128);
  if (isPrefix) list.addSubnet(address, Number(prefix), familyOf(address));
  return isPrefix;
}

/** Reads addresses and networks (`10.0.0.5,fd00:1::/64`), each a machine of the operator; never the whole of the internet. */
export function parseTrustedProxies(text: string): Result<TrustedProxies, 'input-malformed'> {
  const entries = text.split(',').map((entry) => entry.trim());
  const list = new BlockList();
  if (entries.length > proxiesMax || !entries.every((entry) => add(list, entry))) return refuse('input-malformed');
  return ok({ has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) });
}

/**
 * The address of whoever asks: the socket's own, and behind a trusted proxy what that proxy wrote last into `X-Forwarded-For`, and so on.
 * What anybody else writes into a header is his own word, and counts for nothing.
 */
export function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxies: TrustedProxies): string {
  let address = plain(request.socket.remoteAddress ?? '');
  if (!proxies.has(address)) return address;
  for (const told of String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .toReversed()) {
    const next = plain(told.trim());
    if (isIP(next) === 0) return address;
    address = next;
    if (!proxies.has(address)) return address;
  }
  return address;
}
