import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalEpoch, Json, Sha256Hex } from '../../../core/kernel/index.ts';
import {
  commitment,
  formatOpening,
  formatProof,
  leafText,
  parseLeaf,
  parseOpening,
  parseProof,
  validationCommitment,
  type Leaf,
} from '../../../core/log/index.ts';
import {
  entryParts,
  entryPath,
  formatManifest,
  packageFiles,
  parseManifest,
  type EntryPart,
} from '../../../core/log-package/index.ts';
import { canonicalize, type ActEnvelope, type SignedDocument } from '../../../core/signing/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { ActItem } from '../../../contracts/http/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { testLog } from '../../support/index.ts';
import { must } from './platform.ts';
import { sumAgain } from './packages.ts';

/** An entry of a log with all that its leaf commits to. */
export type Entry = {
  readonly leaf: Leaf;
  readonly salt: Uint8Array;
  readonly parts: Readonly<Partial<Record<EntryPart, Buffer>>>;
  /** True for one whose content is held back. */
  readonly isWithheld?: boolean;
};

const contentParts = (Object.keys(entryParts) as EntryPart[]).filter((part) => part !== 'leaf' && part !== 'proof');

/** The entries of a package that begins with the first of its log. */
export function entriesOf(place: string): readonly Entry[] {
  const entries: Entry[] = [];
  const pathOf = (part: EntryPart): string => join(place, entryPath('entries', entries.length, part));
  while (existsSync(pathOf('leaf'))) {
    const leaf = must(parseLeaf(readFileSync(pathOf('leaf'), 'utf8')));
    const proof = must(parseProof(readFileSync(pathOf('proof'), 'utf8')));
    const { salt } = must(parseOpening(proof.extra ?? new Uint8Array())).opening;
    const held = contentParts.filter((part) => existsSync(pathOf(part)));
    const parts = Object.fromEntries(held.map((part) => [part, readFileSync(pathOf(part))]));
    entries.push({ leaf, salt, parts });
  }
  return entries;
}

/** The envelope of an act; `undefined` for any other entry. */
export function envelopeOf({ parts }: Entry): ActEnvelope | undefined {
  const parsed = parts.act === undefined ? undefined : parseActEnvelope(parts.act.toString());
  return parsed?.ok === true ? parsed.value : undefined;
}

/** What the platform writes who takes an act that it must not take; `like` is one that it took, at the same time. */
export function accepting(
  item: ActItem,
  like: Entry,
  at: { readonly epoch?: JournalEpoch; readonly sequence?: number; readonly receivedAtMs?: number } = {},
): Entry {
  const { device, actor } = must(parseActEnvelope(item.envelope));
  const found = JSON.parse(like.parts.validation?.toString() ?? '') as { readonly [name: string]: Json };
  const validation = canonicalize({ ...found, certificate: actor.certificate, atMs: Date.now() });
  const { actionId } = item;
  const [epoch, sequence] = [at.epoch ?? (item.epoch as JournalEpoch), at.sequence ?? item.sequence];
  const receivedAtMs = at.receivedAtMs ?? Date.now();
  return {
    leaf: { ...like.leaf, actionId, device, epoch, sequence, receivedAtMs, outcome: 'accepted' } as Leaf,
    salt: like.salt,
    parts: {
      act: Buffer.from(item.envelope),
      signature: Buffer.from(item.cms, 'base64'),
      validation: Buffer.from(validation),
      ...(like.parts.validationSalt === undefined ? {} : { validationSalt: like.parts.validationSalt }),
    },
  };
}

function hashesOf({ parts }: Entry): { readonly envelope: Uint8Array; readonly cms: Uint8Array } {
  if (parts.document === undefined)
    return { envelope: sha256(parts.act ?? ''), cms: sha256(parts.signature ?? new Uint8Array()) };
  const { document, signatures } = JSON.parse(parts.document.toString()) as SignedDocument;
  return { envelope: sha256(document), cms: sha256(canonicalize(signatures as unknown as Json)) };
}

/** The leaf that commits to what the entry holds now. */
function textOf(entry: Entry): string {
  const { leaf, salt, parts } = entry;
  const { envelope: envelopeHash, cms: cmsHash } = hashesOf(entry);
  const validationSalt = Buffer.from(parts.validationSalt?.toString() ?? '', 'base64');
  const validation =
    parts.validation === undefined
      ? null
      : validationCommitment({ sha256, salt: validationSalt, dataHash: sha256(parts.validation) });
  return leafText({ ...leaf, commitment: commitment({ sha256, salt, envelopeHash, cmsHash }), validation });
}

const contextForm = /"form":"qorgan\.(?:platform|policy|trust|device|staff|founding|break-glass)\/1"/u;

/** What a package holds beside its range: documents, and acts on rights. */
export function isContext(entry: Entry): boolean {
  const { document } = entry.parts;
  if (document === undefined)
    return entry.leaf.outcome === 'accepted' && envelopeOf(entry)?.type.startsWith('access.') === true;
  return contextForm.test((JSON.parse(document.toString()) as SignedDocument).document);
}

/** What a package is made of by whoever holds the key of the log, and puts into it what he likes. */
export type Forgery = {
  readonly entries: readonly Entry[];
  readonly from?: number;
  /** Which entries of before the range he puts beside it. */
  readonly isBeside?: (entry: Entry, index: number) => boolean;
};

/** Writes a package of another log with these entries, like that which is at `like`; answers the key of that log. */
export function relog(like: string, place: string, { entries, from = 0, isBeside = isContext }: Forgery): string {
  cpSync(like, place, { recursive: true });
  for (const name of ['entries', 'context', 'checkpoints']) rmSync(join(place, name), { recursive: true, force: true });
  const manifest = must(parseManifest(readFileSync(join(place, packageFiles.manifest), 'utf8')));
  const texts = entries.map(textOf);
  const log = testLog(manifest.origin, texts);
  const size = entries.length;
  const checkpoint = log.note(size);
  let context = 0;
  const write = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), bytes);
  };
  for (const [index, entry] of entries.entries()) {
    const folder = index < from ? 'context' : 'entries';
    if (folder === 'context' && !isBeside(entry, index)) continue;
    context += folder === 'context' ? 1 : 0;
    const leaf = texts[index] ?? '';
    const { envelope, cms } = hashesOf(entry);
    const hex = (hash: Uint8Array): Sha256Hex => Buffer.from(hash).toString('hex') as Sha256Hex;
    const extra = formatOpening({ leaf, salt: entry.salt, envelope: hex(envelope), cms: hex(cms) });
    const opened = entry.isWithheld === true ? {} : { extra };
    write(entryPath(folder, index, 'leaf'), leaf);
    write(entryPath(folder, index, 'proof'), formatProof({ ...opened, index, path: log.pathOf(index), checkpoint }));
    if (entry.isWithheld === true) continue;
    for (const [part, bytes] of Object.entries(entry.parts)) write(entryPath(folder, index, part as EntryPart), bytes);
  }
  write(packageFiles.newest, checkpoint);
  const destroyed = entries.filter((entry, index) => index >= from && entry.isWithheld === true).length;
  const { carriesRights: _carries, ...rest } = manifest;
  const counts = { from, to: size - 1, size, entries: size - from, destroyed, context };
  write(packageFiles.manifest, formatManifest({ ...rest, logKey: log.keyText, keyChanges: 0, ...counts }));
  sumAgain(place);
  return log.keyText;
}
