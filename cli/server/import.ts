import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  defaultSuite,
  isSelfSigned,
  octetsInFile,
  parseCertificate,
  trustFromRegistry,
  type AuthorityRegistry,
  type Certificate,
  type RegisteredTrust,
} from '../../eds/index.ts';
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
import { registryOf, registryOptions } from './registry.ts';

/** Base lists of large authorities have megabytes. */
const fileSizeMaxBytes = 67_108_864;

async function readAll(
  { operands }: Arguments,
  { locale }: Surroundings,
): Promise<{ readonly ders: readonly Uint8Array[] } | { readonly answer: Answer }> {
  const ders: Uint8Array[] = [];
  for (const file of operands) {
    const bytes = await readSmallFile(file, fileSizeMaxBytes);
    if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
    // What is neither DER, PEM nor base64 stays as it is, and its reader refuses it by name.
    ders.push(...(octetsInFile(bytes.value) ?? [bytes.value]));
  }
  return { ders };
}

type Sorted = Pick<RegisteredTrust, 'anchors' | 'intermediates'> & Partial<Pick<RegisteredTrust, 'roleMaps'>>;

/** By a registry, what it pins as an anchor is one; without, a certificate that signed itself. Any other only leads to an anchor. */
export function sortAuthorities(
  ders: readonly Uint8Array[],
  registry: AuthorityRegistry | undefined,
  atMs: number,
): Result<Sorted> {
  const certificates: Certificate[] = [];
  for (const der of ders) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  if (certificates.length === 0) return refuse('certificate-malformed');
  if (registry !== undefined) return trustFromRegistry({ registry, certificates, atMs });
  const anchors = certificates.filter((certificate) => isSelfSigned(certificate, defaultSuite));
  return ok({ anchors, intermediates: certificates.filter((certificate) => !anchors.includes(certificate)) });
}

/** `qorgan server import-anchors FILE…`: replaces the trusted certificates by those of the files (PEM or DER), where a registry is named only by ones that it pins. */
export const serverImportAnchors: Command = {
  shape: { operands: ['FILE'], isVariadic: true, options: { ...placeOptions, ...registryOptions } },
  run: async (given, around) => {
    const { locale } = around;
    const read = await readAll(given, around);
    if ('answer' in read) return read.answer;
    const found = await registryOf(given, around);
    if ('answer' in found) return found.answer;
    const sorted = sortAuthorities(read.ders, found.registry, around.nowMs());
    if (!sorted.ok) return refused(locale, sorted.refusal);
    const anchors = sorted.value.anchors.map(({ der }) => der);
    const intermediates = sorted.value.intermediates.map(({ der }) => der);
    const roleMaps = sorted.value.roleMaps?.map((one) => ({ ...one }));
    return administer(given, around, async ({ importAnchors }) => {
      const imported = await importAnchors({ anchors, intermediates, roleMaps });
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
