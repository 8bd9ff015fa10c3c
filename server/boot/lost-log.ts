import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { logCompromiseText } from '../../core/log/index.ts';
import { signedDocument } from '../../contracts/documents/index.ts';
import type { ServerPin } from '../accounts/index.ts';
import { createLostApp } from '../http/index.ts';
import { replaceFile } from '../keys/index.ts';
import { signDocument } from '../platform/index.ts';
import { hold, isHeld, releaseHold } from '../store/index.ts';
import { listenOn } from './listen.ts';
import { folders, openDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';
import { readTlsIdentity } from './tls-identity.ts';

/** That the key of this platform's log was stolen: nothing is recorded or signed any more. */
export type LostLog = z.output<typeof lostLog>;

const lostLog = z.strictObject({ url: z.url().max(300), origin: z.string().max(128), statement: signedDocument });
const fileOf = (directory: string): string => join(directory, 'log-compromise.json');

/** `undefined` where the log is not lost. A file that cannot be read throws: a server that forgot it would sign on. */
export function readLostLog(directory: string): LostLog | undefined {
  const file = fileOf(directory);
  return existsSync(file) ? lostLog.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/**
 * Declares by the platform key that the key of the log was stolen (docs/decisions/0014). The server must not run; from its next start it
 * says this to whoever asks, and nothing else. Durable on return; there is no way back, and a second call changes nothing.
 */
export async function declareLogLost(place: PlatformPlace): Promise<Result<LostLog, OpenRefusal | 'server-running'>> {
  const { directory, surroundings } = place;
  if (isHeld(join(directory, 'server.json'))) return refuse('server-running');
  const known = readLostLog(directory);
  if (known !== undefined) return ok(known);
  const opened = await openDesk(place, undefined);
  if (!opened.ok) return opened;
  const { identity, documentKey } = opened.value.desk;
  const { platform, profile, logOrigin: origin, url } = identity;
  const text = logCompromiseText({
    ...{ form: 'qorgan.log-compromise/1', platform, profile, origin },
    atMs: surroundings.nowMs(),
  });
  const { document, signatures } = signDocument(documentKey, text);
  const lost = { url, origin, statement: { document, signatures: [...signatures] } };
  replaceFile(fileOf(directory), `${JSON.stringify(lost)}\n`, 0o644);
  await opened.value.store.close();
  return ok(lost);
}

/** The server of a lost log: neither the log nor the database is opened. */
export async function serveLostLog(
  lost: LostLog,
  options: Pick<PlatformPlace, 'directory' | 'surroundings'> & {
    readonly listen?: { readonly host: string; readonly port: number } | undefined;
    readonly log: Logger;
  },
): Promise<
  Result<
    { readonly url: string; readonly pin: ServerPin; readonly close: () => Promise<void> },
    'server-running' | 'address-in-use'
  >
> {
  const { directory, surroundings, listen, log } = options;
  const holdFile = join(directory, 'server.json');
  if (isHeld(holdFile)) return refuse('server-running');
  hold(holdFile);
  const { tls, pin } = readTlsIdentity(join(directory, folders.keys));
  const app = createLostApp({ statement: lost.statement, newId: surroundings.uuid, log }, tls);
  const close = async (): Promise<void> => {
    await app.close();
    releaseHold(holdFile);
  };
  const url = await listenOn(app, { listen, url: lost.url });
  if (!url.ok) {
    await close();
    return url;
  }
  return ok({ url: url.value, pin, close });
}
