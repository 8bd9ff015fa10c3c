import type { MirrorSettings } from './open-mirror.ts';
import { openHttp, readBody } from './http.ts';
import type { Fetch } from './verified-tiles.ts';

/** Who serves a log: the platform to its mirror, or the mirror to the platform. */
export type Origin = {
  /** Files of the log, by their path below its prefix. */
  readonly log: Fetch;
  readonly close: () => void;
};

/** From the call to the last octet of one file. */
const timeoutMs = 60_000;

/** Opens the log at this address; nothing is asked yet. */
export function openOrigin({ url, certificate }: Pick<MirrorSettings, 'url' | 'certificate'>): Origin {
  const http = openHttp(url, certificate);
  return {
    log: async (path, sizeMaxBytes) => {
      const answer = await http.open(`/v1/log/${path}`, { timeoutMs });
      return answer.ok ? readBody(path, answer.value, sizeMaxBytes) : answer;
    },
    close: http.close,
  };
}
