import { X509Certificate } from 'node:crypto';
import { words } from '../../locales/index.ts';
import {
  misuse,
  readSmallFile,
  refused,
  type Answer,
  type Arguments,
  type Command,
  type Surroundings,
} from '../kit/index.ts';
import { administer, placeOptions } from './place.ts';

/** Base lists of large authorities have megabytes. */
const fileSizeMaxBytes = 67_108_864;

const block = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/gu;

/** DER of a file: as it is, or each PEM block of it. */
function derOf(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.includes('-----BEGIN ')) return [bytes];
  return [...text.matchAll(block)].map((match) => new Uint8Array(Buffer.from(match[1] ?? '', 'base64')));
}

async function readAll(
  { operands }: Arguments,
  { locale }: Surroundings,
): Promise<{ readonly ders: readonly Uint8Array[] } | { readonly answer: Answer }> {
  const ders: Uint8Array[] = [];
  for (const file of operands) {
    const bytes = await readSmallFile(file, fileSizeMaxBytes);
    if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
    ders.push(...derOf(bytes.value));
  }
  return { ders };
}

/** A certificate that signed itself is an anchor; any other only leads to one. */
function isAnchor(der: Uint8Array): boolean | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.verify(certificate.publicKey);
  } catch {
    return undefined;
  }
}

/** `qorgan server import-anchors FILE…`: replaces the trusted certificates by those of the files (PEM or DER). */
export const serverImportAnchors: Command = {
  shape: { operands: ['FILE'], isVariadic: true, options: placeOptions },
  run: async (given, around) => {
    const { locale } = around;
    const read = await readAll(given, around);
    if ('answer' in read) return read.answer;
    const kinds = read.ders.map(isAnchor);
    if (kinds.length === 0 || kinds.includes(undefined)) return refused(locale, { code: 'certificate-malformed' });
    const anchors = read.ders.filter((_der, i) => kinds[i] === true);
    const intermediates = read.ders.filter((_der, i) => kinds[i] === false);
    return administer(given, around, async ({ importAnchors }) => {
      const imported = await importAnchors({ anchors, intermediates });
      if (!imported.ok) return refused(locale, imported.refusal);
      return {
        exit: 0,
        facts: { anchors: anchors.length, intermediates: intermediates.length },
        lines: [words(locale, 'cli.server.anchors-imported', { count: read.ders.length })],
      };
    });
  },
};

/** `qorgan server import-crl FILE…`: adds revocation lists (PEM or DER); the newest of each authority counts. */
export const serverImportCrl: Command = {
  shape: { operands: ['FILE'], isVariadic: true, options: placeOptions },
  run: async (given, around) => {
    const { locale } = around;
    const read = await readAll(given, around);
    if ('answer' in read) return read.answer;
    return administer(given, around, async ({ importCrl }) => {
      for (const der of read.ders) {
        const imported = await importCrl(der);
        if (!imported.ok) return refused(locale, imported.refusal);
      }
      const count = read.ders.length;
      return { exit: 0, facts: { lists: count }, lines: [words(locale, 'cli.server.crls-imported', { count })] };
    });
  },
};
