import { documentSizeMax, signedDocument } from '../../contracts/documents/index.ts';
import { fromBase64, refuse, type Result } from '../../core/kernel/index.ts';
import { parseCanonical, verifyDocument } from '../../core/signing/index.ts';
import {
  defaultAuthorityRegistry,
  parseAuthorityRegistry,
  sha256,
  verifyEd25519,
  type AuthorityRegistry,
} from '../../eds/index.ts';
import { misuse, readSmallFile, refused, type Answer, type Arguments, type Surroundings } from '../kit/index.ts';

/** Options of a command that may check what it imports against a registry of authorities. */
export const registryOptions = { registry: 'optional', 'registry-key': 'optional' } as const;

/** The word for the registry that the program carries, in the place of a file. */
const builtIn = 'built-in';

const keySizeMaxBytes = 1_024;
/** Texts of a document take up to four octets a character, and JSON in JSON escapes its quotes. */
const fileSizeMaxBytes = documentSizeMax * 4;

type Found = { readonly registry: AuthorityRegistry | undefined } | { readonly answer: Answer };

/** The registry that the options name: the built-in one, or a document signed by the key of a file (base64 of 32 bytes); none where none is named. */
export async function registryOf(given: Arguments, { locale }: Surroundings): Promise<Found> {
  const file = given.option('registry');
  const keyFile = given.option('registry-key');
  if (file === undefined) {
    if (keyFile === undefined) return { registry: undefined };
    return { answer: misuse(locale, 'cli.error.argument-missing', { what: '--registry' }) };
  }
  if (file === builtIn && keyFile === undefined) return { registry: defaultAuthorityRegistry };
  if (keyFile === undefined)
    return { answer: misuse(locale, 'cli.error.argument-missing', { what: '--registry-key' }) };
  const key = await readSmallFile(keyFile, keySizeMaxBytes);
  if (!key.ok) return { answer: misuse(locale, `cli.error.${key.refusal.code}`, { file: keyFile }) };
  const bytes = await readSmallFile(file, fileSizeMaxBytes);
  if (!bytes.ok) return { answer: misuse(locale, `cli.error.${bytes.refusal.code}`, { file }) };
  const registry = readRegistry(bytes.value, key.value);
  return registry.ok ? { registry: registry.value } : { answer: refused(locale, registry.refusal) };
}

function readRegistry(
  file: Uint8Array,
  keyFile: Uint8Array,
): Result<AuthorityRegistry, 'document-malformed' | 'document-signature-invalid'> {
  const document = signedDocument.safeParse(jsonOf(file));
  if (!document.success) return refuse('document-malformed');
  const publicKey = fromBase64(textOf(keyFile).trim());
  if (!publicKey.ok || publicKey.value.length !== 32) return refuse('document-signature-invalid');
  const text = verifyDocument({ document: document.data, publicKey: publicKey.value, sha256, verifyEd25519 });
  if (!text.ok) return text;
  const value = parseCanonical(text.value, documentSizeMax);
  return value.ok ? parseAuthorityRegistry(value.value) : refuse('document-malformed');
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function jsonOf(file: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(file)) as unknown;
  } catch {
    return undefined;
  }
}
