import { formatNote, parseNote, type NoteKey } from '../log/index.ts';

/** Files of a package that has entries, by what they hold; each is named after the index of its entry. */
export const entryParts = {
  /** The text of the leaf. */
  leaf: 'leaf.json',
  /** C2SP tlog-proof; its `extra` opens the leaf where the content is still there. */
  proof: 'tlog-proof',
  /** The envelope, exactly as signed. */
  act: 'act.json',
  /** Its detached signature (CMS, DER). */
  signature: 'p7s',
  /** What was found at acceptance, `qorgan.validation/1`. */
  validation: 'validation.json',
  /** The salt of its commitment, base64. */
  validationSalt: 'validation.salt',
  /** A document of the platform with its signatures. */
  document: 'document.json',
} as const;

export type EntryPart = keyof typeof entryParts;

/** Where entries stand: those of the range, and those that its acts stand on. */
export type EntryFolder = 'entries' | 'context';

/** Files with a place of their own. Heads of the log are signed notes; a `.consistency` leads from its head to the newest. */
export const packageFiles = {
  manifest: 'MANIFEST.json',
  sums: 'SHA256SUMS',
  verifier: 'verify.mjs',
  guides: { ru: 'VERIFY.ru.md', kk: 'VERIFY.kk.md' },
  newest: 'checkpoints/newest',
  certificates: 'validation/certificates',
  lists: 'validation/lists',
} as const;

const endings: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'application/pdf': 'pdf',
};

/** Evidence in the clear by the hash of its bytes, with an ending that a viewer knows; without a media type the sealed file by its own hash. */
export function mediaPath(hash: string, mediaType?: string): string {
  return `evidence/${hash}.${mediaType === undefined ? 'sealed' : (endings[mediaType] ?? 'bin')}`;
}

/** Older heads of the log: what was signed before the range, when it was complete, and what witnesses cosigned last. */
export const olderHeads = ['before', 'complete', 'cosigned'] as const;
export type OlderHead = (typeof olderHeads)[number];

/** Keys change once in some years; a package that names more changes was not made by us. */
export const keyChangesMax = 256;
/** Files of a change of the log's key, by its number from 1: the document, its proof with the head that both keys signed, the way to the newest. */
const keyChangeParts = { document: 'document.json', proof: 'tlog-proof', consistency: 'consistency' } as const;

export function keyChangePath(number: number, part: keyof typeof keyChangeParts): string {
  return `checkpoints/key-${number}.${keyChangeParts[part]}`;
}

const folderWidth = 7;
const nameWidth = 10;
/** Entries of one folder: those of one tile. */
const folderSize = 256;

/** `entries/0000000/0000000041`: names sort as numbers do, up to ten thousand million entries. */
export function entryStem(folder: EntryFolder, index: number): string {
  const tile = String(Math.floor(index / folderSize)).padStart(folderWidth, '0');
  return `${folder}/${tile}/${String(index).padStart(nameWidth, '0')}`;
}

/** Where one part of an entry lies in the package. */
export function entryPath(folder: EntryFolder, index: number, part: EntryPart): string {
  return `${entryStem(folder, index)}.${entryParts[part]}`;
}

const entryName = /^(?<folder>entries|context)\/\d{7}\/(?<index>\d{10})\.(?<part>[a-z0-9.-]+)$/u;

/** Reads the path of an entry's part back; `undefined` for any other file. */
export function parseEntryPath(
  path: string,
): { readonly folder: EntryFolder; readonly index: number; readonly part: EntryPart } | undefined {
  const { folder, index, part: name } = entryName.exec(path)?.groups ?? {};
  const part = (Object.keys(entryParts) as EntryPart[]).find((each) => entryParts[each] === name);
  if (part === undefined || index === undefined) return undefined;
  const found = { folder: folder as EntryFolder, index: Number(index), part };
  return entryPath(found.folder, found.index, part) === path ? found : undefined;
}

/** A checkpoint with the line of this key of the log alone: what the proof of each entry carries. */
export function ownLineOf(text: string, key: NoteKey): string {
  const note = parseNote(text);
  if (!note.ok) return text;
  const signatures = note.value.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  return formatNote({ text: note.value.text, signatures });
}
