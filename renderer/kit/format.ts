const two = (value: number): string => String(value).padStart(2, '0');

/** `22.11.2026`, in the zone of this machine. */
export function formatDate(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getDate())}.${two(at.getMonth() + 1)}.${at.getFullYear()}`;
}

/** `22.11.2026 14:05:31`, in the zone of this machine. */
export function formatTime(atMs: number): string {
  const at = new Date(atMs);
  return `${formatDate(atMs)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `UTC+05:00`: the zone in which `formatTime` wrote this moment. */
export function formatZone(atMs: number): string {
  const minutes = -new Date(atMs).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Turns the ISO date `2026-11-22` of a form into `22.11.2026`; any other text comes back as it is. */
export function formatIsoDate(text: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  return parts === null ? text : `${parts[3] ?? ''}.${parts[2] ?? ''}.${parts[1] ?? ''}`;
}

/** Groups the twelve digits of an IIN or BIN 6-6 by a thin no-break space, on screen only. */
export function formatIdentityNumber(text: string): string {
  return /^\d{12}$/u.test(text) ? `${text.slice(0, 6)}\u202F${text.slice(6)}` : text;
}

/** Groups an integer by thin no-break spaces: `48 211`. */
export function formatCount(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+(?!\d))/gu, '\u202F');
}

/** Writes an amount of tiyn as tenge, `1 250 000,50 ₸`, or with the code `KZT` where the locale writes codes. */
export function formatMoney(tiyn: bigint, locale: 'kk' | 'ru' | 'en'): string {
  const size = tiyn < 0n ? -tiyn : tiyn;
  const whole = String(size / 100n).replace(/\B(?=(\d{3})+(?!\d))/gu, '\u202F');
  const rest = String(size % 100n).padStart(2, '0');
  const amount = `${tiyn < 0n ? '−' : ''}${whole}${locale === 'en' ? '.' : ','}${rest}`;
  return `${amount}\u00A0${locale === 'en' ? 'KZT' : '₸'}`;
}

export type Duration = { readonly unit: 'seconds' | 'minutes' | 'hours' | 'days'; readonly value: number };

/** The largest whole unit of a span of time, for words such as "3 h"; a negative span counts as zero. */
export function durationOf(spanMs: number): Duration {
  const seconds = Math.max(0, Math.floor(spanMs / 1_000));
  if (seconds < 60) return { unit: 'seconds', value: seconds };
  if (seconds < 3_600) return { unit: 'minutes', value: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hours', value: Math.floor(seconds / 3_600) };
  return { unit: 'days', value: Math.floor(seconds / 86_400) };
}

/** The surname and the first letter of the given name, for a place where the whole name has no room. */
export function shortName(name: string): string {
  const [surname = '', given = ''] = name.split(' ');
  return given === '' ? surname : `${surname} ${given.slice(0, 1)}.`;
}

/** The first and last digits of a hash, for a line where the whole has no room. */
export function shortHash(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 8)}…${hash.slice(-8)}`;
}

/** A size in the unit that a person reads at a glance; the unit is named by the catalogue. */
export function sizeParts(sizeBytes: number): { readonly unit: 'kb' | 'mb'; readonly value: number } {
  const kilobytes = sizeBytes / 1_024;
  if (kilobytes < 1_024) return { unit: 'kb', value: Math.max(1, Math.round(kilobytes)) };
  return { unit: 'mb', value: Math.round((kilobytes / 1_024) * 10) / 10 };
}
