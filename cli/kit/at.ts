const isoTime = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/u;
/** Up to the year 9999, as certificates are. */
const timeMaxMs = 253_402_300_799_999;

/** Reads the value of `--at`: ISO 8601 with its zone, or milliseconds since 1970 UTC. `undefined` for what is neither, a date that no calendar has included. */
export function parseAt(text: string): number | undefined {
  if (/^\d{1,15}$/u.test(text)) return inRange(Number(text));
  const [, date, minutes, seconds = ':00', fraction = '', zone] = isoTime.exec(text) ?? [];
  if (date === undefined || minutes === undefined) return undefined;
  // The platform reads the 30th of February as a day of March, so the day is asked back.
  const clock = `${date}T${minutes}${seconds}`;
  const asWritten = Date.parse(`${clock}Z`);
  if (Number.isNaN(asWritten) || new Date(asWritten).toISOString().slice(0, 19) !== clock) return undefined;
  return inRange(Date.parse(`${clock}${fraction}${zone}`));
}

const inRange = (timeMs: number): number | undefined => (timeMs >= 0 && timeMs <= timeMaxMs ? timeMs : undefined);
