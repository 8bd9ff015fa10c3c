import { sha256Hex } from '../../eds/index.ts';
import { revocationDocument, trustDocument } from '../accounts/index.ts';
import { scanTable } from '../store/index.ts';
import type { CheckedDocument } from './document-rows.ts';
import type { AuditRun } from './run.ts';

/** Hashes that documents named; a list a day for each of 64 authorities over ten years is 20 MB of them. */
type Named = { readonly anchors: Set<string>; readonly intermediates: Set<string>; readonly lists: Set<string> };

/** Compares certificates and revocation lists with the documents of the log that name them. */
export type TrustRows = {
  readonly learn: (documents: readonly CheckedDocument[]) => void;
  readonly finish: () => Promise<void>;
};

function learnFrom(named: Named, { kind, text }: CheckedDocument): void {
  const trust = kind === 'trust' ? trustDocument.safeParse(JSON.parse(text)) : undefined;
  for (const hash of trust?.data?.anchors ?? []) named.anchors.add(hash);
  for (const hash of trust?.data?.intermediates ?? []) named.intermediates.add(hash);
  const revocation = kind === 'revocation' ? revocationDocument.safeParse(JSON.parse(text)) : undefined;
  for (const { sha256 } of revocation?.data?.lists ?? []) named.lists.add(sha256);
}

async function compareCertificates({ report, session }: AuditRun, { anchors, intermediates }: Named): Promise<void> {
  const place = 'table trust_certificate';
  const seen = new Set<string>();
  for await (const page of scanTable(session, 'trust_certificate')) {
    for (const { sha256, der, kind } of page) {
      seen.add(sha256);
      const named = { place, key: sha256, is: 'different' } as const;
      const isKind = kind === 'anchor' ? anchors.has(sha256) : kind === 'intermediate' && intermediates.has(sha256);
      if (sha256Hex(der) !== sha256) report({ ...named, column: 'der', expected: 'text-hash' });
      else if (!anchors.has(sha256) && !intermediates.has(sha256))
        report({ ...named, is: 'added', expected: 'named-by-log' });
      else if (!isKind) report({ ...named, column: 'kind', expected: 'named-by-log' });
    }
  }
  for (const hash of new Set([...anchors, ...intermediates]))
    if (!seen.has(hash)) report({ place, key: hash, is: 'missing', expected: 'certificate' });
}

async function compareLists({ report, session }: AuditRun, { lists }: Named): Promise<void> {
  const place = 'table revocation_list';
  const missing = new Set(lists);
  for await (const page of scanTable(session, 'revocation_list')) {
    for (const { sha256, der } of page) {
      missing.delete(sha256);
      if (sha256Hex(der) !== sha256)
        report({ place, key: sha256, column: 'der', is: 'different', expected: 'text-hash' });
      else if (!lists.has(sha256)) report({ place, key: sha256, is: 'added', expected: 'named-by-log' });
    }
  }
  for (const hash of missing) report({ place, key: hash, is: 'missing', expected: 'revocation-list' });
}

export function openTrustRows(run: AuditRun): TrustRows {
  const named: Named = { anchors: new Set(), intermediates: new Set(), lists: new Set() };
  return {
    learn: (documents) => {
      for (const document of documents) learnFrom(named, document);
    },
    finish: async () => {
      await compareCertificates(run, named);
      await compareLists(run, named);
    },
  };
}
