import {
  evolveRegistry,
  type AccessEffect,
  type LoggedOpening,
  type PolicyDocument,
  type RegistryState,
} from '../../core/access/index.ts';
import { leafText } from '../../core/log/index.ts';
import { faultOfRight } from '../../core/replay/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { breakGlassDocument, parseFoundingDocument, parseFoundingStatement } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import {
  grantKinds,
  judgeFounding,
  leafName,
  sourceOfAct,
  withAlarms,
  type Founded,
  type LoggedRecord,
} from '../accounts/index.ts';
import type { CheckedDocument } from './document-rows.ts';

/** Rights of a founded platform at each place of the log: from its founding by cards, and by accepted acts alone. */
export type FoundedRights = {
  /** Takes a document; answers false for a record that counts for nothing, because the platform was founded before it. */
  readonly learn: (document: CheckedDocument) => boolean;
  /** Rights at this place of the log; `undefined` before the founding. */
  readonly at: (index: number) => RegistryState | undefined;
  readonly apply: (envelope: ActEnvelope, effect: AccessEffect) => void;
  readonly policyOf: (version: number) => PolicyDocument | undefined;
  /** `isLetIn`: by a release of two people, who lifted the block of the signer for this act. */
  readonly allows: (
    rights: RegistryState,
    envelope: ActEnvelope,
    received: { readonly atMs: number; readonly isLetIn: boolean },
  ) => boolean;
};

function foundedIn({ text, index }: CheckedDocument, records: readonly LoggedRecord[]): Founded | undefined {
  const document = parseFoundingDocument(text);
  const statement = document.ok ? parseFoundingStatement(document.value.statement) : undefined;
  if (statement?.ok !== true) return undefined;
  const { platform, profile, log: logOrigin } = statement.value;
  const judged = judgeFounding({ text, leafIndex: index }, records, { platform, profile, logOrigin });
  return judged.ok ? judged.value : undefined;
}

function openingIn({ kind, text, leaf, index }: CheckedDocument): readonly LoggedOpening[] {
  const record = kind === 'break-glass' ? breakGlassDocument.safeParse(JSON.parse(text)) : undefined;
  if (record?.success !== true) return [];
  return [{ leaf: leafName(leafText(leaf)), leafIndex: index, record: record.data }];
}

/** Folds founding and acts as they come. */
export function foldRights(): FoundedRights {
  const records: LoggedRecord[] = [];
  const openings: LoggedOpening[] = [];
  let founded: Founded | undefined;
  let rights: RegistryState | undefined;
  return {
    learn: (document) => {
      if (document.kind === 'founding' && founded === undefined) {
        founded = foundedIn(document, records);
        rights = founded?.base;
      }
      openings.push(...openingIn(document));
      if (rights !== undefined) rights = withAlarms(rights, openings);
      const kind = grantKinds.find((known) => known === document.kind);
      if (kind === undefined) return true;
      const { text, index } = document;
      records.push({ kind, text, hash: sha256Hex(text), leafIndex: index });
      return founded === undefined || index < founded.leafIndex;
    },
    at: (index) => (founded !== undefined && index > founded.leafIndex ? rights : undefined),
    apply: (envelope, effect) => {
      if (rights !== undefined) rights = evolveRegistry(rights, effect, { source: sourceOfAct(envelope), sha256 });
    },
    policyOf: (version) => rights?.policies.findLast(({ record }) => record.version === version)?.record,
    allows: (at, envelope, { atMs: nowMs, isLetIn }) =>
      faultOfRight(envelope, { rights: at, nowMs, isReleased: isLetIn }) === undefined,
  };
}
