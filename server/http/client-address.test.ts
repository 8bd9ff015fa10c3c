import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientAddress, noProxies, parseTrustedProxies, type TrustedProxies } from './client-address.ts';

function asked(remoteAddress: string, forwarded?: string): Pick<IncomingMessage, 'headers' | 'socket'> {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress } as IncomingMessage['socket'] };
}

function trusting(text: string): TrustedProxies {
  const parsed = parseTrustedProxies(text);
  if (!parsed.ok) throw new Error(`not read: ${text}`);
  return parsed.value;
}

it('without a proxy of the operator no header says who asks', () => {
  expect(clientAddress(asked('::ffff:198.51.100.4', '203.0.113.9'), noProxies)).toBe('198.51.100.4');
  expect(clientAddress(asked('198.51.100.4', '203.0.113.9'), trusting('10.0.0.5'))).toBe('198.51.100.4');
});

it('behind trusted proxies the last address that none of them has is who asks, whatever he wrote before it', () => {
  const proxies = trusting('10.0.0.5, 10.1.0.0/16, fd00:1::/64');
  expect(clientAddress(asked('10.0.0.5', '203.0.113.9'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(asked('10.0.0.5', '192.0.2.1, 203.0.113.9, 10.1.2.3'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(asked('::ffff:10.0.0.5', '2001:db8::7'), proxies)).toBe('2001:db8::7');
  expect(clientAddress(asked('fd00:1::2', '203.0.113.9'), proxies)).toBe('203.0.113.9');
});

it('what a trusted proxy passes on and is no address is nobody: the proxy itself has asked then', () => {
  const proxies = trusting('10.0.0.5');
  for (const told of [undefined, '', 'unknown', 'x'.repeat(9_000), '203.0.113.9, _hidden', '203.0.113.9:443'])
    expect(clientAddress(asked('10.0.0.5', told), proxies)).toBe('10.0.0.5');
});

it('a list that trusts everybody, or is none, is refused', () => {
  const bad = [
    '',
    'proxy',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.5/33',
    '10.0.0.5/',
    '10.0.0.5/8/9',
    'fe80::1%eth0',
    '10.0.0.5,',
  ];
  for (const text of [...bad, Array.from({ length: 17 }, (_one, i) => `10.0.0.${i}`).join()])
    expect([text, parseTrustedProxies(text).ok]).toEqual([text, false]);
});
