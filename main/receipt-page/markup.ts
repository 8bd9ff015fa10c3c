import { toBase64 } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Locale, MessageId, MessageValues } from '../../locales/index.ts';
import { pageStyle } from './style.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of others as text: nothing in it is markup, and nothing is there that cannot be seen. */
export function plain(text: string): string {
  return text
    .replaceAll(/[&<>"']/gu, (one) => entities[one] ?? '')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
/** The one legal time of Kazakhstan since 1 March 2024. */
const zoneMs = 5 * 3_600_000;

/** `22.11.2026 14:05:31 (UTC+5)`: the same wherever the page is made. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs + zoneMs);
  const day = `${twoDigits(at.getUTCDate())}.${twoDigits(at.getUTCMonth() + 1)}.${at.getUTCFullYear()}`;
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(twoDigits).join(':');
  return `${day} ${time} (UTC+5)`;
}

/** A number in groups of three. */
export const countOf = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/gu, '\u202F');
/** Words of one language. */
export type Say = (id: MessageId, values?: MessageValues) => string;

/** A name and its value in a list of facts. */
export const fact = (name: string, value: string, style = ''): string =>
  `<dt>${plain(name)}</dt><dd${style === '' ? '' : ` class="${style}"`}>${plain(value)}</dd>`;

/** The hash that lets one style count (CSP 3, hash source). */
const styleSource = `'sha256-${toBase64(sha256(pageStyle))}'`;
const policy = `default-src 'none'; style-src ${styleSource}; base-uri 'none'; form-action 'none'`;

/** A page of one file without scripts, fonts or pictures from elsewhere; `body` is markup. */
export function pageOf(page: { readonly locale: Locale; readonly title: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="${page.locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${plain(page.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
${page.body}
</body>
</html>
`;
}
