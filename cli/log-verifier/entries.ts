import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  leafHash,
  opensLeaf,
  parseLeaf,
  parseOpening,
  parseProof,
  verifyInclusion,
  type Leaf,
  type Opening,
  type Proof,
} from '../../core/log/index.ts';
import {
  entryPath,
  parseEntryPath,
  type EntryFolder,
  type EntryPart,
  type PackageManifest,
} from '../../core/log-package/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { filesUnder } from '../../server/package-folder/index.ts';
import { checkAct, checkChain, type ActChecks } from './acts.ts';
import { documentSizeMax, fieldsOf } from './documents.ts';
import type { Heads } from './heads.ts';
import { mediaOf, type NamedMedia } from './media.ts';

export type EntryChecks = ActChecks & {
  readonly folder: string;
  readonly manifest: PackageManifest;
  readonly heads: Heads;
  readonly platformKey: Uint8Array;
  /** Evidence that documents of the range name. */
  readonly media: NamedMedia[];
};

/** What was found in the entries of one folder. */
export type EntryCounts = { entries: number; acts: number; documents: number; destroyed: number };

type Entry = { readonly index: number; readonly folder: EntryFolder; readonly parts: ReadonlySet<EntryPart> };

/** Entries of a folder in the order of the log, each with the parts that it has. */
function* entriesIn({ folder, findings }: EntryChecks, name: EntryFolder): Generator<Entry> {
  if (!existsSync(join(folder, name))) return;
  let open: { index: number; parts: Set<EntryPart> } | undefined;
  for (const path of filesUnder(folder, name)) {
    const found = parseEntryPath(path);
    if (found === undefined) {
      findings.find('file-unlisted', path);
      continue;
    }
    if (open !== undefined && open.index !== found.index) {
      yield { ...open, folder: name };
      open = undefined;
    }
    open ??= { index: found.index, parts: new Set() };
    open.parts.add(found.part);
  }
  if (open !== undefined) yield { ...open, folder: name };
}

type Opened = { readonly leaf: Leaf; readonly proof: Proof; readonly opening: Opening | undefined };

/** The leaf, where the log holds it by the newest head, and what opens it. */
function openEntry(checks: EntryChecks, entry: Entry): Opened | undefined {
  const { folder, heads, findings } = checks;
  const file = entryPath(entry.folder, entry.index, 'leaf');
  const fail = (code: 'entry-malformed' | 'entry-not-in-log' | 'entry-content'): undefined =>
    void findings.find(code, file);
  if (!entry.parts.has('leaf') || !entry.parts.has('proof')) return fail('entry-malformed');
  const text = readFileSync(join(folder, file), 'utf8');
  const leaf = parseLeaf(text);
  const proof = parseProof(readFileSync(join(folder, entryPath(entry.folder, entry.index, 'proof')), 'utf8'));
  if (!leaf.ok || !proof.ok || proof.value.index !== entry.index) return fail('entry-malformed');
  const { size, root } = heads.newest;
  const isInLog =
    proof.value.checkpoint === heads.ownLine &&
    verifyInclusion({ sha256, leaf: leafHash(sha256, text), index: entry.index, size, path: proof.value.path, root });
  if (!isInLog) return fail('entry-not-in-log');
  const { extra } = proof.value;
  if (extra === undefined) return { leaf: leaf.value, proof: proof.value, opening: undefined };
  const opening = parseOpening(extra);
  const isOpened =
    opening.ok && opening.value.opening.leaf === text && opensLeaf(sha256, opening.value.opening, leaf.value);
  return isOpened ? { leaf: leaf.value, proof: proof.value, opening: opening.value.opening } : fail('entry-content');
}

function checkDocument(checks: EntryChecks, entry: Entry, opening: Opening): void {
  const { folder, documents, findings, platformKey, rights } = checks;
  const file = entryPath(entry.folder, entry.index, 'document');
  const document = documents.read(readFileSync(join(folder, file), 'utf8'));
  const isLogged =
    document !== undefined &&
    sha256Hex(document.document) === opening.envelope &&
    documents.signaturesHash(document) === opening.cms;
  if (!isLogged) return void findings.find('entry-content', file);
  if (!documents.isSigned(document, platformKey)) return void findings.find('document-signature', file);
  const { index } = entry;
  if (rights.learn({ text: document.document, file, leaf: opening.leaf, index })) documents.take(document);
  const named = entry.folder === 'entries' ? mediaOf(file, fieldsOf(document.document, documentSizeMax)) : undefined;
  if (named !== undefined) checks.media.push(named);
}

function checkActFiles(checks: EntryChecks, entry: Entry, { leaf }: Opened, opening: Opening): void {
  const { folder, findings, manifest } = checks;
  const read = (part: EntryPart): Buffer => readFileSync(join(folder, entryPath(entry.folder, entry.index, part)));
  const text = (part: EntryPart): string | undefined =>
    entry.parts.has(part) ? read(part).toString('utf8') : undefined;
  const file = entryPath(entry.folder, entry.index, 'act');
  const [envelope, cms] = [read('act'), read('signature')];
  if (sha256Hex(envelope) !== opening.envelope || sha256Hex(cms) !== opening.cms)
    return void findings.find('entry-content', file);
  const { origin } = manifest;
  const isOfRange = entry.folder === 'entries';
  const [validation, validationSalt] = [text('validation'), text('validationSalt')];
  checkAct({ file, isOfRange, leaf, origin, envelope, cms, validation, validationSalt }, checks);
}

const partsOf: Readonly<
  Record<'act' | 'document', { readonly needed: readonly EntryPart[]; readonly allowed: readonly EntryPart[] }>
> = {
  act: { needed: ['act', 'signature'], allowed: ['validation', 'validationSalt'] },
  document: { needed: ['document'], allowed: [] },
};

/** True where the entry has the files of its kind and no others; one that nothing opens has none. */
function hasItsParts({ parts }: Entry, { leaf, opening }: Opened): boolean {
  const content = [...parts].filter((part) => part !== 'leaf' && part !== 'proof');
  if (opening === undefined) return content.length === 0;
  const { needed, allowed } = partsOf[leaf.kind === 'act' ? 'act' : 'document'];
  return (
    needed.every((part) => parts.has(part)) && content.every((part) => needed.includes(part) || allowed.includes(part))
  );
}

function checkEntry(checks: EntryChecks, entry: Entry, counts: EntryCounts): void {
  const opened = openEntry(checks, entry);
  if (opened === undefined) return;
  const { findings, manifest, rights } = checks;
  const file = entryPath(entry.folder, entry.index, 'leaf');
  if (opened.leaf.platform !== manifest.platform) return void findings.find('entry-other-platform', file);
  if (!hasItsParts(entry, opened)) return void findings.find('entry-content', file);
  if (opened.opening === undefined) {
    counts.destroyed += 1;
    rights.miss(opened.leaf);
    if (opened.leaf.kind === 'act' && entry.folder === 'entries')
      checkChain({ file, leaf: opened.leaf }, undefined, checks);
  } else if (opened.leaf.kind === 'act') {
    counts.acts += 1;
    checkActFiles(checks, entry, opened, opened.opening);
  } else {
    counts.documents += 1;
    checkDocument(checks, entry, opened.opening);
  }
}

/** Checks what acts stand on, and then the range: every index of it, in order, none left out. */
export function checkEntries(checks: EntryChecks): { readonly range: EntryCounts; readonly context: EntryCounts } {
  const { manifest, findings } = checks;
  const context: EntryCounts = { entries: 0, acts: 0, documents: 0, destroyed: 0 };
  const range: EntryCounts = { entries: 0, acts: 0, documents: 0, destroyed: 0 };
  for (const entry of entriesIn(checks, 'context')) {
    context.entries += 1;
    // What came later is nothing that an act of the range stands on.
    if (entry.index >= manifest.from)
      findings.find('manifest-differs', entryPath('context', entry.index, 'leaf'), 'context');
    checkEntry(checks, entry, context);
  }
  let expected = manifest.from;
  for (const entry of entriesIn(checks, 'entries')) {
    for (; expected < entry.index && expected <= manifest.to; expected += 1)
      findings.find('entry-missing', entryPath('entries', expected, 'leaf'));
    if (entry.index < manifest.from || entry.index > manifest.to)
      findings.find('manifest-differs', entryPath('entries', entry.index, 'leaf'));
    expected = entry.index + 1;
    range.entries += 1;
    checkEntry(checks, entry, range);
  }
  for (; expected <= manifest.to; expected += 1) findings.find('entry-missing', entryPath('entries', expected, 'leaf'));
  return { range, context };
}
