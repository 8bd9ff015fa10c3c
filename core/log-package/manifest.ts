import { canonicalize, ok, parseCanonical, refuse, type Json, type Result } from '../kernel/index.ts';

/** Those of the first form carry neither founding nor acts on rights beside their range. */
const forms = ['qorgan.log-package/1', 'qorgan.log-package/2'] as const;
const sizeMax = 65_536;

/**
 * What a package says of itself. None of it is believed: keys are the reader's own, and everything else is counted again. It
 * is canonical JSON in one line.
 */
export type PackageManifest = {
  readonly platform: string;
  readonly operatorName: string;
  readonly isDemo: boolean;
  readonly origin: string;
  /** C2SP vkey text of the key that signs now. */
  readonly logKey: string;
  /** How often the key of the log was replaced. */
  readonly keyChanges: number;
  /** Base64 of the Ed25519 key that signs documents. */
  readonly platformKey: string;
  readonly madeAtMs: number;
  /** First and last index of the range, from 0. */
  readonly from: number;
  readonly to: number;
  /** Leaves under the newest head. */
  readonly size: number;
  /** Entries of the range, and those of them whose content is destroyed and therefore absent. */
  readonly entries: number;
  readonly destroyed: number;
  /** Pieces of evidence whose documents are in the range: in the clear or sealed, and those that are not online any more. */
  readonly media: number;
  readonly mediaAbsent: number;
  /** Entries beside the range that its acts stand on. */
  readonly context: number;
  /** SHA-256 of the certificates (DER) that the platform trusted by its documents: anchors. */
  readonly anchors: readonly string[];
};

/** A manifest that was read. */
export type ReadManifest = PackageManifest & {
  /** True where founding and acts on rights of before the range are among the context. */
  readonly carriesRights: boolean;
};

const texts = ['platform', 'operatorName', 'origin', 'logKey', 'platformKey'] as const;
const counts = [
  ...['madeAtMs', 'from', 'to', 'size', 'entries', 'destroyed', 'context', 'media', 'mediaAbsent', 'keyChanges'],
] as const;

export function formatManifest(manifest: PackageManifest): string {
  return `${canonicalize({ form: forms[1], ...manifest } as unknown as Json)}\n`;
}

/** Reads a manifest of either form; refuses all but a canonical line with exactly its members. */
export function parseManifest(text: string): Result<ReadManifest, 'document-malformed'> {
  const json = text.endsWith('\n') ? parseCanonical(text.slice(0, -1), sizeMax) : undefined;
  const value = json?.ok === true ? json.value : null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('document-malformed');
  const fields = value as { readonly [name: string]: Json };
  const names = ['form', 'isDemo', 'anchors', ...texts, ...counts].toSorted();
  const { anchors, isDemo } = fields;
  const isShaped =
    Object.keys(fields).toSorted().join(',') === names.join(',') &&
    forms.some((form) => form === fields['form']) &&
    typeof isDemo === 'boolean' &&
    texts.every((name) => typeof fields[name] === 'string') &&
    counts.every((name) => typeof fields[name] === 'number' && fields[name] >= 0) &&
    Array.isArray(anchors) &&
    anchors.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash));
  if (!isShaped) return refuse('document-malformed');
  const { form, ...manifest } = fields;
  return ok({ ...(manifest as unknown as PackageManifest), carriesRights: form === forms[1] });
}
