import type { FastifyInstance } from 'fastify';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

/** The address is in use, or not ours to use. */
const listenFailures = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']);

/** Has a server answer; by default at all addresses and the port of its URL. Port 0 takes a free one, and the answered URL names it. */
export async function listenOn(
  app: FastifyInstance,
  where: { readonly listen?: { readonly host: string; readonly port: number } | undefined; readonly url: string },
): Promise<Result<string, 'address-in-use'>> {
  const url = new URL(where.url);
  const target = where.listen ?? { host: '::', port: Number(url.port === '' ? 443 : url.port) };
  try {
    await app.listen(target);
  } catch (error) {
    if (error instanceof Error && 'code' in error && listenFailures.has(String(error.code)))
      return refuse('address-in-use');
    throw error;
  }
  const address = app.server.address();
  if (target.port !== 0 || address === null || typeof address === 'string') return ok(where.url);
  return ok(`https://${target.host.includes(':') ? `[${target.host}]` : target.host}:${address.port}`);
}
