import { ok, refuse, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { FoundingRefusal, FoundingSignature } from '../../core/replay/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import type { Locale } from '../../core/signing/index.ts';
import {
  checkCertificate,
  checkSignature,
  foundingDocumentText,
  foundingStatementText,
  foundingWords,
  grantKinds,
  isSignedBy,
  judgeFounding,
  judgeStatement,
  readSignedDocuments,
  recordDocument,
  type FoundingPeople,
  type LoggedRecord,
  type Registry,
  type SignatureRefusal,
  type Trust,
  type TrustDocument,
} from '../accounts/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import type { Desk, Identity } from '../platform/index.ts';

/** What the log holds of a platform that is being founded. */
export type FoundingStanding = {
  readonly isFounded: boolean;
  /** The records of people, devices and policies, in the order of the log. */
  readonly records: readonly LoggedRecord[];
  readonly trust: TrustDocument | undefined;
};

type Refused = FoundingRefusal | SignatureRefusal | 'platform-founded' | 'certificate-of-other' | 'log-behind';

/** Founds a platform: from the leaf of the founding on, only cards grant. */
export type Founding = {
  readonly standing: () => Promise<FoundingStanding>;
  /** The hash of a certificate (DER) that this person can sign a founding by: chain, revocation, time and IIN hold. */
  readonly judgeCertificate: (der: Uint8Array, iin: Iin) => Result<Sha256Hex, Refused>;
  /** The text that the cards of these people sign over all records of people and policies, and those of the devices that they admit. */
  readonly statement: (people: FoundingPeople) => Promise<Result<string, Refused>>;
  /** A statement in words, as it is read before signing. Refused where the log does not hold, or holds more than, what it names. */
  readonly words: (statement: string, locale: Locale) => Promise<Result<string, Refused>>;
  /** Judges one signature as its person is in the records, and as certificates are trusted now. */
  readonly judgeSignature: (statement: string, signature: FoundingSignature) => Promise<Result<null, Refused>>;
  /** Records the founding; counts once it resolves. */
  readonly found: (statement: string, signatures: readonly FoundingSignature[]) => Promise<Result<null, Refused>>;
};

/** The records of people, devices and policies that the platform key signed, in the order of the log. */
export async function readGrants(desk: Desk): Promise<readonly LoggedRecord[]> {
  const read = await Promise.all(
    grantKinds.map(async (kind) => {
      const { documents } = await readSignedDocuments(desk, kind);
      return documents.map(({ signed, hash, leafIndex }) => ({ kind, text: signed.document, hash, leafIndex }));
    }),
  );
  return read.flat().toSorted((one, other) => one.leafIndex - other.leafIndex);
}

/** True where the log holds a founding that counts. */
export async function isFounded(desk: Desk): Promise<boolean> {
  const { documents } = await readSignedDocuments(desk, 'founding');
  const records = await readGrants(desk);
  return documents.some(
    ({ signed, leafIndex }) => judgeFounding({ text: signed.document, leafIndex }, records, desk.identity).ok,
  );
}

/** The keys whose fingerprints a statement names: of the log the lines that readers pin, of the platform its raw key. */
function placeOf({ identity, logKey, logMlDsa44Key, documentKey }: Desk) {
  const keys = {
    log: sha256Hex(formatNoteKey(logKey)),
    logMlDsa44: sha256Hex(formatNoteKey(logMlDsa44Key)),
    platform: sha256Hex(documentKey.publicKey),
  };
  return { ...identity, keys };
}

/** A statement names every person and policy that the log holds: a record that came after it was read is not signed unseen. */
async function judgeWhole(desk: Desk, text: string) {
  const records = await readGrants(desk);
  const judged = judgeStatement(text, records, desk.identity);
  if (!judged.ok) return judged;
  const { statement } = judged.value;
  const { keys, operatorName } = placeOf(desk);
  const isOurs =
    statement.operatorName === operatorName &&
    statement.keys.log === keys.log &&
    statement.keys.logMlDsa44 === keys.logMlDsa44 &&
    statement.keys.platform === keys.platform;
  const isWhole = records.every(({ kind, hash }) => kind === 'device' || statement.records.some((one) => one === hash));
  return isOurs && isWhole ? judged : refuse('founding-records-differ');
}

type Judging = { readonly desk: Desk; readonly trust: () => Trust };

async function judgeSignature(
  { desk, trust }: Judging,
  text: string,
  signature: FoundingSignature,
): Promise<Result<null, Refused>> {
  const judged = await judgeWhole(desk, text);
  if (!judged.ok) return judged;
  const { statement, base } = judged.value;
  if (!isSignedBy(signature, { ...statement, text }, base)) return refuse('founding-signatures-insufficient');
  const cms = Buffer.from(signature.cms, 'base64');
  const checked = checkSignature(trust(), { cms, content: Buffer.from(text), atMs: desk.surroundings.nowMs() });
  return checked.ok ? ok(null) : checked;
}

async function record(
  judging: Judging,
  text: string,
  signatures: readonly FoundingSignature[],
): Promise<Result<null, Refused>> {
  const { desk } = judging;
  const identity: Identity = desk.identity;
  if (await isFounded(desk)) return refuse('platform-founded');
  for (const signature of signatures) {
    const judged = await judgeSignature(judging, text, signature);
    if (!judged.ok) return judged;
  }
  const document = foundingDocumentText(text, [...signatures], identity);
  const founding = judgeFounding({ text: document, leafIndex: Infinity }, await readGrants(desk), identity);
  if (!founding.ok) return founding;
  await recordDocument(desk, { kind: 'founding', subject: 'platform', text: document });
  return ok(null);
}

/** Opens the founding of a platform over its registry. */
export function createFounding(context: {
  readonly desk: Desk;
  readonly registry: Registry;
  readonly settle: () => Promise<boolean>;
}): Founding {
  const { desk, registry, settle } = context;
  const { trust } = registry;
  const { nowMs } = desk.surroundings;
  return {
    standing: async () => ({
      isFounded: await isFounded(desk),
      records: await readGrants(desk),
      trust: registry.trustDocument(),
    }),
    judgeCertificate: (der, iin) => {
      const checked = checkCertificate(trust(), der, nowMs());
      if (!checked.ok) return checked;
      return checked.value.iin === iin ? ok(checked.value.certificate) : refuse('certificate-of-other');
    },
    statement: async (people) => foundingStatementText(await readGrants(desk), placeOf(desk), people, nowMs()),
    words: async (text, locale) => {
      const judged = await judgeWhole(desk, text);
      if (!judged.ok) return judged;
      const { statement, base } = judged.value;
      const words = foundingWords(statement, base, { locale, version: statement.shown.version });
      return words === undefined ? refuse('founding-text-differs') : ok(words);
    },
    judgeSignature: (text, signature) => judgeSignature({ desk, trust }, text, signature),
    found: async (text, signatures) => {
      const recorded = await record({ desk, trust }, text, signatures);
      if (!recorded.ok) return recorded;
      return (await settle()) ? ok(null) : refuse('log-behind');
    },
  };
}
