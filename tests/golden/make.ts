import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toBase64, toHex } from '../../core/kernel/index.ts';
import { entryHash, type EntryHeader } from '../../core/journal/index.ts';
import { canonicalize, documentKeyId, shownTextOfEnvelope, signedDocument, textHash, type EnrolmentBundle, type Json } from '../../core/signing/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { sha256 } from '../support/index.ts';
import { acts } from './acts.ts';
import { checkpoint, consistencies, cosigned, entries, inclusions, keyTexts, opening, promise, promiseDocument, receipt, receiptEntry, roots, size } from './log.ts';
import { challenge, device, deviceRecord, epoch, form, hashOf, keys, origin, platform, policy, profile, staffRecord, startMs } from './world.ts';

/** The same value with the members of every object in reverse: an input must not already be in canonical order. */
function scrambled(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => scrambled(item));
  return Object.fromEntries(Object.entries(value).toReversed().map(([name, member]) => [name, scrambled(member as Json)]));
}

const keyId = documentKeyId(sha256, keys.platform.publicKey);
const sign = (document: string): ReturnType<typeof signedDocument> => signedDocument(document, keyId, keys.platform.sign(document));

function document(name: string, value: unknown): Json {
  const text = canonicalize(value as Json);
  return { name, value: scrambled(value as Json), text, hash: textHash(sha256, text), signed: sign(text) as unknown as Json };
}

const bundle: EnrolmentBundle = {
  form: 'qorgan.enrolment/1',
  platform,
  profile,
  operatorName: '«Қазақ алаңы» АҚ',
  log: { origin, key: keyTexts.log },
  platformKey: toBase64(keys.platform.publicKey),
  server: { url: 'https://platform.example.kz:8443', spki: hashOf('spki'), certificate: toBase64(sha256('a stand-in for a certificate')) },
  checkpoint,
  anchors: [toBase64(sha256('a stand-in for an anchor'))],
  intermediates: [],
  policy: sign(canonicalize(policy)),
  witnesses: { threshold: 0, keys: [keyTexts.witness] },
  device: sign(canonicalize(deviceRecord)),
};

const documents = { key: toBase64(keys.platform.publicKey), keyId, cases: [
  document('device', deviceRecord),
  document('staff', staffRecord),
  document('policy', policy),
  document('promise', promise),
  document('enrolment', bundle),
] };

const signIn = { value: scrambled(challenge as unknown as Json), text: canonicalize(challenge), hash: textHash(sha256, canonicalize(challenge)) };

const envelopes = acts.map(({ envelope, text, hash, caseHash }) => ({ type: envelope.type, value: scrambled(envelope as unknown as Json), text, hash, caseHash }));

/** What each act reads like to its signer, in three languages and in a demonstration. */
const shown = acts.flatMap(({ envelope }) =>
  (['kk', 'ru', 'en'] as const).flatMap((locale) =>
    (['production', 'demo'] as const).map((of) => {
      const text = shownTextOfEnvelope(signingTexts, { ...envelope, profile: of, shown: { ...envelope.shown, locale } }, { form });
      if (!text.ok) throw new Error('golden: every act can be shown');
      return { type: envelope.type, locale, profile: of, version: envelope.shown.version, text: text.value, hash: textHash(sha256, text.value) };
    }),
  ),
);

const kinds = ['enrolled', 'shift-started', 'act', 'promise', 'receipt'] as const;
const journal = kinds.reduce<readonly { readonly header: EntryHeader; readonly hash: string }[]>((done, kind, at) => {
  const previous = (done.at(-1)?.hash ?? textHash(sha256, canonicalize(deviceRecord))) as EntryHeader['previous'];
  const header: EntryHeader = { form: 'qorgan.entry/1', platform, device, epoch, sequence: at + 1, previous, kind, atMs: startMs + at, body: hashOf(`body ${at}`) };
  return [...done, { header, hash: entryHash(sha256, header) }];
}, []);

const log = {
  origin,
  size,
  keys: keyTexts,
  checkpoint,
  cosigned,
  roots,
  inclusions,
  consistencies,
  entries: entries.map(({ salt, validation, text, ...entry }) => ({
    ...entry,
    leaf: scrambled(entry.leaf as unknown as Json),
    salt: toHex(salt),
    validation: { salt: toHex(validation.salt), dataHash: toHex(validation.dataHash) },
    isAct: acts.some((act) => act.text === text),
  })),
  promise: promiseDocument,
  opening: toBase64(opening),
};

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every golden file by its name. */
export const files: Readonly<Record<string, string>> = {
  'documents.json': pretty(documents),
  'envelopes.json': pretty(envelopes),
  'journal.json': pretty(journal.map(({ header, hash }) => ({ value: scrambled(header), text: canonicalize(header), hash }))),
  'log.json': pretty(log),
  'shown.json': pretty(shown),
  'sign-in.json': pretty(signIn),
  'receipt.tlog-proof': receipt,
  'receipt-act.json': receiptEntry.text,
  'receipt-signature.bin': receiptEntry.cms,
  'log.key': `${keyTexts.log}\n`,
};

// Run by hand, once, after a decision: `node tests/golden/make.ts --write`. A test never writes.
if (process.argv[1] === import.meta.filename && process.argv.includes('--write')) {
  for (const [name, text] of Object.entries(files)) writeFileSync(resolve(import.meta.dirname, 'vectors', name), text);
}
