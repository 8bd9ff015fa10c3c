import { request } from 'node:https';
import type * as z from 'zod';
import { endpoints, isMirrorWeak } from '../../contracts/http/index.ts';
import { refusalWords, words, type Locale } from '../../locales/index.ts';
import type { Answer, Command } from '../kit/index.ts';
import { administer, listenerOf, placeOptions } from './place.ts';

const timeoutMs = 5_000;
const sizeMaxBytes = 65_536;

type Status = z.output<typeof endpoints.status.response>;

/** Asks the status door; the listener must show the very certificate that lies in the folder. */
function ask(url: string, pem: string): Promise<Status | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      new URL(endpoints.status.path, url),
      // The certificate is pinned whole: its name says nothing more.
      { ca: pem, checkServerIdentity: () => undefined, minVersion: 'TLSv1.2', timeout: timeoutMs, agent: false },
      (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          size += part.length;
          if (size > sizeMaxBytes) asked.destroy();
          else parts.push(part);
        });
        answer.on('error', () => resolve(undefined));
        answer.on('end', () => {
          try {
            resolve(endpoints.status.response.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))));
          } catch {
            resolve(undefined);
          }
        });
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

const hourMs = 3_600_000;

/** How old the list of each authority is, and which services fail. */
function revocationLines(locale: Locale, { revocation, serverTimeMs }: Status): readonly string[] {
  const { lists, services, ageMaxMs } = revocation;
  if (lists.length === 0) return [words(locale, 'cli.server.status.lists-none')];
  const ages = lists.map(({ authority, thisUpdateMs }) => {
    const ageMs = serverTimeMs - thisUpdateMs;
    const values = { authority, hours: Math.floor(ageMs / hourMs) };
    return words(locale, ageMs > ageMaxMs ? 'cli.server.status.list-old' : 'cli.server.status.list', values);
  });
  const silent = services.flatMap(({ authority, service, refusal }) =>
    refusal === null
      ? []
      : words(locale, 'cli.server.status.service-silent', {
          ...{ authority, service },
          why: refusalWords(locale, { code: refusal }).what,
        }),
  );
  return [...ages, ...silent];
}

/** How long ago each mirror vouched for the log, and what is the matter with it. */
export function mirrorLines(
  locale: Locale,
  { mirrors, serverTimeMs }: Pick<Status, 'mirrors' | 'serverTimeMs'>,
): readonly string[] {
  return mirrors.flatMap((mirror) => {
    const { name, size, cosignedAtMs, trouble } = mirror;
    const hours = Math.floor((serverTimeMs - (cosignedAtMs ?? serverTimeMs)) / hourMs);
    const id = isMirrorWeak({ ...mirror, trouble: null }, serverTimeMs) ? 'mirror-old' : 'mirror';
    const age =
      cosignedAtMs === null
        ? words(locale, 'cli.server.status.mirror-never', { name })
        : words(locale, `cli.server.status.${id}`, { name, size: size ?? 0, hours });
    if (trouble === null) return [age];
    const why = refusalWords(locale, { code: trouble }).what;
    return [age, words(locale, 'cli.server.status.mirror-trouble', { name, why })];
  });
}

function say(locale: Locale, url: string, status: Status | undefined): Answer {
  if (status === undefined)
    return {
      exit: 1,
      facts: { isRunning: false, url },
      lines: [words(locale, 'cli.server.status.not-running', { url })],
    };
  const isAccepting = status.state === 'accepting';
  const lines = [
    words(locale, 'cli.server.status.running', { url }),
    words(locale, 'cli.server.status.log-size', { size: status.log.size }),
    ...revocationLines(locale, status),
    ...mirrorLines(locale, status),
    ...(isAccepting ? [] : [refusalWords(locale, { code: 'server-read-only' }).what]),
  ];
  return { exit: isAccepting ? 0 : 1, facts: { isRunning: true, url, ...status }, lines };
}

/** `qorgan server status`: 0 where the server of the folder answers and accepts, 1 where it does not. */
export const serverStatus: Command = {
  shape: { operands: [], options: { ...placeOptions, url: 'optional' } },
  run: (given, around) => {
    const url = given.option('url');
    const { locale } = around;
    if (url !== undefined)
      return ask(url, listenerOf(given.required('directory')).pem).then((status) => say(locale, url, status));
    return administer(given, around, async ({ identity, isServerRunning }, { directory }) => {
      const status = isServerRunning ? await ask(identity.url, listenerOf(directory).pem) : undefined;
      return say(locale, identity.url, status);
    });
  },
};
