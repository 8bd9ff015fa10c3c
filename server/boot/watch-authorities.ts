import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ok, type Result } from '../../core/kernel/index.ts';
import {
  createAuthorityClient,
  createAuthorityWatch,
  readAuthorityServices,
  type AuthorityWatch,
} from '../authorities/index.ts';
import { describeError } from '../http/index.ts';
import type { Surroundings } from '../platform/index.ts';

/** The watch over the authorities that the file of a platform's folder names; `undefined` where there is no file. */
export function openWatch(
  directory: string,
  { nowMs, randomBytes }: Surroundings,
  log: Logger,
): Result<AuthorityWatch | undefined, 'authorities-malformed'> {
  const configuration = readAuthorityServices(directory);
  if (!configuration.ok) return configuration;
  if (configuration.value === undefined) return ok(undefined);
  const ending = new AbortController();
  const client = createAuthorityClient({
    origins: configuration.value.origins,
    waitMs: (delayMs) => sleep(delayMs),
    // No secret: it only spreads those who ask again.
    jitter: () => randomBytes(1).readUInt8(0) / 256,
    signal: ending.signal,
  });
  const watch = createAuthorityWatch({
    configuration: configuration.value,
    client,
    nowMs,
    randomBytes,
    tell: ({ authority, service, refusal }) => {
      if (refusal === null) log.info({ authority, service }, 'an authority answers');
      else log.warn({ authority, service, refusal }, 'an authority gives no usable answer');
    },
    onError: (error) => log.error({ error: describeError(error) }, 'authorities'),
  });
  const stop = async (): Promise<void> => {
    const stopped = watch.stop();
    ending.abort();
    await stopped;
  };
  return ok({ ...watch, stop });
}
