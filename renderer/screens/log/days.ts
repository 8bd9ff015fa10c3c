const day = String.raw`(\d{1,2})\.(\d{1,2})\.(\d{4})`;
const daysPattern = new RegExp(`^${day}(?:\\s*[-–—]\\s*${day})?$`, 'u');

/** Midnight of a day in the zone of this machine; `undefined` for a day that no calendar has. */
function startOf(dayText = '', month = '', year = ''): Date | undefined {
  const at = new Date(Number(year), Number(month) - 1, Number(dayText));
  return at.getMonth() === Number(month) - 1 && at.getDate() === Number(dayText) ? at : undefined;
}

/** Reads `22.11.2026` or `22.11.2026 – 25.11.2026` as whole days, the last included; `undefined` for any other text. */
export function daysOf(text: string): { readonly fromMs: number; readonly toMs: number } | undefined {
  const parts = daysPattern.exec(text.trim());
  if (parts === null) return undefined;
  const [, a, b, c, d, e, f] = parts;
  const from = startOf(a, b, c);
  const last = d === undefined ? from : startOf(d, e, f);
  if (from === undefined || last === undefined || last < from) return undefined;
  const to = new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1);
  return { fromMs: from.getTime(), toMs: to.getTime() };
}
