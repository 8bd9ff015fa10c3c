import { formatInvitation } from '../../contracts/http/index.ts';
import { words } from '../../locales/index.ts';
import type { Command } from '../kit/index.ts';
import { administer, listenerOf, placeOptions } from './place.ts';

/** `qorgan server enrol-code`: one line to carry to a new workstation; it names the server's key, so that nothing is trusted on first use. */
export const serverEnrolCode: Command = {
  shape: { operands: [], options: { ...placeOptions, url: 'optional' } },
  run: (given, around) =>
    administer(given, around, async ({ enrolCode, identity }, { directory }) => {
      const { code, expiresAtMs } = await enrolCode();
      const url = given.option('url') ?? identity.url;
      const invitation = formatInvitation({ url: new URL(url).origin, spki: listenerOf(directory).spki, code });
      const until = new Date(expiresAtMs).toISOString();
      return {
        exit: 0,
        facts: { invitation, expiresAtMs },
        lines: [
          words(around.locale, 'cli.server.enrol-code', { code: invitation }),
          words(around.locale, 'cli.server.enrol-code-until', { until }),
        ],
      };
    }),
};
