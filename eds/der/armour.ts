import { fromBase64 } from '../../core/kernel/index.ts';
import { messageLimits, openDer } from './reader.ts';

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/gu;

/**
 * The binary octets of a file that a person hands in: the file itself, each of its PEM blocks (with `labels` only those; other blocks and the lines
 * between are left aside), or bare base64 as the national authority's tools write it. `undefined` for text that is neither.
 */
export function octetsInFile(file: Uint8Array, labels?: readonly string[]): readonly Uint8Array[] | undefined {
  // No structure here is text alone: the tags of its integers and identifiers are control octets.
  if (!isText(file)) return [file];
  const text = new TextDecoder('latin1').decode(file);
  const blocks = [...text.matchAll(pemBlock)].flatMap(([, label = '', body = '']) =>
    labels === undefined || labels.includes(label) ? [body] : [],
  );
  const octets: Uint8Array[] = [];
  for (const body of text.includes('-----') ? blocks : [text]) {
    const decoded = fromBase64(body.replaceAll(/\s/gu, ''));
    if (!decoded.ok) return undefined;
    octets.push(decoded.value);
  }
  return octets;
}

/** Texts in any encoding above ASCII may stand between the blocks; what controls they have are tabs and line ends. */
function isText(file: Uint8Array): boolean {
  return file.every((octet) => octet >= 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09);
}

/** True where the octets are one whole DER element and nothing else, whatever it holds. */
export function isWholeElement(octets: Uint8Array): boolean {
  const reader = openDer(octets, messageLimits);
  reader.skip();
  reader.finish();
  return reader.fault === undefined;
}
