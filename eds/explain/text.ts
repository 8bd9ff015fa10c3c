/** Longest text that one line shows: a longer name is a way to push other lines from the screen. */
const textMax = 200;
/** Octets that one line shows in hexadecimal: any digest and any serial number whole. */
const octetsMax = 64;

/**
 * Text of a stranger made safe for a terminal: everything that is not a visible character (controls and escapes, direction overrides, characters without width,
 * separators of lines, lone surrogates) is written as `\u{…}`, and so is the backslash, so that nobody can write such an escape himself.
 */
export function neutralised(text: string): string {
  const shown = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
  return shown.replaceAll(/[\p{C}\p{Zl}\p{Zp}\\]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Lower-case hexadecimal, cut with `…` where it is long. */
export function shortHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets.subarray(0, octetsMax)) text += octet.toString(16).padStart(2, '0');
  return octets.length > octetsMax ? `${text}…` : text;
}

/** ISO 8601 in UTC to the second; a time that a calendar does not have is `?`. */
export function timeText(timeMs: number | undefined): string {
  const isTime = timeMs !== undefined && Math.abs(timeMs) <= 8_640_000_000_000_000;
  return isTime ? new Date(timeMs).toISOString().replace(/\.\d+Z$/u, 'Z') : '?';
}
