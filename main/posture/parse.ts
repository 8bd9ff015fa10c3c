import { remoteControlPrograms } from './remote-control.ts';

/** The kernel cuts the name of a program here. */
const commLength = 15;

/** `ID VERSION_ID` of os-release(5); `null` where it does not name the system. */
export function parseSystem(text: string): string | null {
  const valueOf = (name: string): string | undefined =>
    new RegExp(`^${name}=(?:"([^"\n]{1,60})"|([^"\\s]{1,60}))$`, 'mu')
      .exec(text)
      ?.slice(1)
      .find((one) => one !== undefined);
  const id = valueOf('ID');
  const version = valueOf('VERSION_ID');
  return id === undefined ? null : version === undefined ? id : `${id} ${version}`;
}

/** When dpkg installed or upgraded anything last, by its log; its times have no zone and are read as UTC. */
export function parseDpkgLog(text: string): number | null {
  const last = [...text.matchAll(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:install|upgrade) /gmu)].at(-1);
  if (last === undefined) return null;
  const atMs = Date.parse(`${last[1]}T${last[2]}Z`);
  return Number.isNaN(atMs) ? null : atMs;
}

type Engine = { readonly engine: string; readonly baseAtMs: number };

/** The answer of clamd to `VERSION`: `ClamAV <engine>/<base>/<ctime>`. Without a base it is no protection, and `null`. */
export function parseClamdVersion(text: string): Engine | null {
  const [, engine, base] = /^ClamAV ([0-9A-Za-z.+-]{1,32})\/\d{1,10}\/([A-Za-z0-9: ]{20,30})$/u.exec(text.trim()) ?? [];
  const baseAtMs = Date.parse(`${base ?? ''} UTC`);
  return engine === undefined || Number.isNaN(baseAtMs) ? null : { engine: `ClamAV ${engine}`, baseAtMs };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** When a base of ClamAV was built, by the first bytes of its file: `ClamAV-VDB:16 Sep 2021 08-32 -0400:…`. */
export function parseBaseHeader(text: string): number | null {
  const match = /^ClamAV-VDB:(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d)-(\d\d) ([+-])(\d\d)(\d\d):/u.exec(text);
  const [, day, month, year, hour, minute, sign, zoneHours, zoneMinutes] = match ?? [];
  const at = months.indexOf(month ?? '');
  if (at < 0) return null;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return Date.UTC(Number(year), at, Number(day), Number(hour), Number(minute)) - zoneMs;
}

/** Which of the running programs let others steer this machine, each once, by its name in the list. */
export function remoteControlAmong(running: readonly string[]): readonly string[] {
  const names = new Set(running);
  return remoteControlPrograms.filter((name) => names.has(name.slice(0, commLength)));
}
