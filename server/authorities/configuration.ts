import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { allowedAddress, isOrigin } from './addresses.ts';

/** Addresses of one service of one authority, tried in this order. */
const addresses = z.array(z.string().max(300)).max(3).default([]);

const schema = z
  .strictObject({
    form: z.literal('qorgan.authority-services/1'),
    /** The only origins that the server ever contacts. */
    origins: z.array(z.string().max(300).refine(isOrigin)).min(1).max(16),
    /** From the end of one round of questions to the beginning of the next. */
    everySeconds: z.int().min(1).max(86_400).default(600),
    authorities: z
      .array(
        z.strictObject({
          /** Key identifier of the authority, lower-case hexadecimal. */
          authority: z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u),
          crl: addresses,
          deltaCrl: addresses,
          ocsp: addresses,
        }),
      )
      .min(1)
      .max(64),
    /** Time-stamping authorities for the archive; without one nothing moves into it. */
    timeStamps: addresses,
  })
  .refine(({ authorities }) => new Set(authorities.map(({ authority }) => authority)).size === authorities.length)
  .refine(({ origins, authorities, timeStamps }) =>
    [...authorities.flatMap(({ crl, deltaCrl, ocsp }) => [...crl, ...deltaCrl, ...ocsp]), ...timeStamps].every(
      (address) => allowedAddress(address, origins).ok,
    ),
  );

/** Which services of which authorities the server asks, and how often. */
export type AuthorityServicesConfiguration = z.output<typeof schema>;

/** The file in the folder of a platform; without it nobody is asked, and lists are imported by hand. */
export const authorityServicesFile = 'authorities.json';

const fileSizeMaxBytes = 65_536;

/** Reads the file of a platform's folder; `undefined` where there is none. A server does not start by one that it cannot read. */
export function readAuthorityServices(
  directory: string,
): Result<AuthorityServicesConfiguration | undefined, 'authorities-malformed'> {
  const file = join(directory, authorityServicesFile);
  if (!existsSync(file)) return ok(undefined);
  if (statSync(file).size > fileSizeMaxBytes) return refuse('authorities-malformed');
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? ok(parsed.data) : refuse('authorities-malformed');
  } catch {
    return refuse('authorities-malformed');
  }
}
