import { refuse, ok, type Result } from '../../core/kernel/index.ts';

/** True for an origin exactly as the allow-list must write it: scheme, host and port where it is not the scheme's own. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/u.test(text);
}

/**
 * An address whose origin is on the list, octet by octet; nothing else is ever contacted, so that no certificate can send the server to a
 * machine of somebody's choice. Refuses names and passwords in the address too.
 */
export function allowedAddress(address: string, origins: readonly string[]): Result<URL, 'authority-address-refused'> {
  if (!URL.canParse(address)) return refuse('authority-address-refused');
  const url = new URL(address);
  const isPlain = url.username === '' && url.password === '' && /^https?:$/u.test(url.protocol);
  return isPlain && origins.includes(url.origin)
    ? ok(url)
    : refuse('authority-address-refused', { origin: url.origin });
}
