import { createHmac } from 'node:crypto';
import { canonicalize, parseCanonical, Secret, type Json } from '../../core/kernel/index.ts';
import {
  certificatesInPkcs12,
  defaultAuthorityRegistry,
  parseAuthorityRegistry,
  pkcs12Limits,
  roleMappingsFor,
  roleMaps,
  verifyEvidence,
} from '../../eds/index.ts';
import { integer, nullValue, objectIdentifier, octetString, oids, sequence, tagged } from '../../eds/der/index.ts';
import { deriveOctets, derivationPurpose, passwordText } from '../../eds/pkcs12/key-derivation.ts';
import { keysInPkcs12 } from '../../eds/pkcs12/keys/index.ts';
import { mutateBytes } from './byte-mutations.ts';
import { mutateJson } from './json-mutations.ts';
import { isMadeOf, rightElements, signedPartsOf } from './made-of.ts';
import type { Outcome, Subject } from './subject.ts';
import { contentOf, treeOf } from './tree.ts';
import { trustIn } from './trust.ts';
import type { Input, World } from './world-form.ts';
import { keyFilePassword } from './world-form.ts';

/** A tenth of what one file may cost by the library's own bound, which is half a second: an altered count of iterations is no hang. */
const limits = { ...pkcs12Limits, iterationsMax: 20_000 };

function judgeKeyFile(file: Uint8Array): Outcome {
  const password = new Secret('password', new TextEncoder().encode(keyFilePassword));
  certificatesInPkcs12(file, password, limits);
  const keys = keysInPkcs12(file, password, limits);
  if (keys.ok) for (const { privateKeyInfo } of keys.value) privateKeyInfo.wipe();
  return 'right';
}

/** Wraps parts of a key file with a right MAC, so that changes behind it are read at all. */
function sealer(): (parts: Uint8Array) => Uint8Array {
  const salt = new TextEncoder().encode('saltsalt');
  const digest = { name: 'sha1', outputBytes: 20, blockBytes: 64 };
  const password = passwordText(new TextEncoder().encode(keyFilePassword)) ?? new Uint8Array(0);
  const purpose = derivationPurpose.macKey;
  const key = deriveOctets({ digest, purpose, password, salt, iterations: 1, sizeBytes: 20 });
  return (parts) => {
    const mac = createHmac('sha1', key).update(parts).digest();
    const info = sequence(objectIdentifier(oids.data), tagged(0, octetString(parts)));
    const value = sequence(sequence(objectIdentifier(oids.sha1), nullValue()), octetString(mac));
    return sequence(integer(3), info, sequence(value, octetString(salt), integer(1)));
  };
}

/** What stands behind the MAC of a key file. */
function partsIn(file: Uint8Array): Uint8Array {
  const octets = treeOf(file)?.children[1]?.children[1]?.children[0];
  if (octets === undefined) throw new Error('a key file of another form');
  return contentOf(octets);
}

export function keyFileSubjects(keyFiles: readonly Input[]): readonly Subject[] {
  const files = keyFiles.map(({ octets }) => octets);
  if (files.length === 0) return [];
  const judge = judgeKeyFile;
  return [
    { name: 'key files', weight: 3, inputs: files, judge },
    { name: 'key files under a right MAC', weight: 2, inputs: files.map(partsIn), dress: sealer(), judge },
  ];
}

const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');

type Fields = Readonly<Record<string, Json>>;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function fieldsOf(text: string): Fields {
  return JSON.parse(text) as Fields;
}

const octetsOf = (text: Json | undefined): Uint8Array =>
  new Uint8Array(Buffer.from(typeof text === 'string' ? text : '', 'base64'));
const itemNames = ['certificates', 'revocationLists', 'ocspResponses'] as const;

/** Where one item with octets stands in a pack. */
type Place = { readonly pack: string; readonly name: string; readonly at: number; readonly octets: Uint8Array };

function placesIn(pack: string): readonly Place[] {
  const fields = fieldsOf(pack);
  const items = itemNames.flatMap((name) =>
    (fields[name] as readonly Json[]).map((item, at) => ({ pack, name, at, octets: octetsOf(item) })),
  );
  return [{ pack, name: 'cms', at: 0, octets: octetsOf(fields['cms']) }, ...items];
}

function packWith(place: Place | undefined, octets: Uint8Array): string {
  if (place === undefined) throw new Error('no such item');
  const { pack, name, at } = place;
  const fields = fieldsOf(pack);
  const text = Buffer.from(octets).toString('base64');
  const before = fields[name];
  // In the order of their code units, as packs are written.
  const inOrder = (a: string, b: string): number => (a < b ? -1 : 1);
  const after = Array.isArray(before) ? (before as readonly string[]).with(at, text).sort(inOrder) : text;
  return canonicalize({ ...fields, [name]: after } as Json);
}

/** What a pack says beside the octets that it carries. */
function frameOf(pack: string): string {
  const carried: readonly string[] = ['cms', ...itemNames];
  return canonicalize(Object.fromEntries(Object.entries(fieldsOf(pack)).filter(([name]) => !carried.includes(name))));
}

/** Evidence packs, changed as text, as values, and in the octets that they carry. */
export function packSubjects(world: World): readonly Subject[] {
  const { packs, authority, signatures } = world;
  const trust = trustIn(authority);
  const { content, atMs: judgedAtMs } = authority;
  const rights = rightElements(world);
  // By the signed part: beside it a list may spell its algorithm in another way.
  const isRightItem = (item: Json): boolean =>
    rights.has(textOf(treeOf(octetsOf(item))?.children[0]?.der ?? new Uint8Array(0)));
  const frames = new Set(packs.map(frameOf));
  const parts = signedPartsOf(
    signatures.map(({ octets }) => octets),
    { beside: rights, content },
  );
  const judge = (input: Uint8Array): Outcome => {
    const pack = decoder.decode(input);
    if (!verifyEvidence({ pack, content, trust, judgedAtMs }).ok) return 'right';
    const fields = fieldsOf(pack);
    const items = itemNames.flatMap((name) => fields[name] as readonly Json[]);
    // Another arrangement of right parts, or another right list of the authority, makes another right pack.
    const isExplained =
      frames.has(frameOf(pack)) && items.every(isRightItem) && isMadeOf(octetsOf(fields['cms']), parts);
    return isExplained ? 'explained' : { fault: 'an altered pack was accepted' };
  };
  const places = packs.flatMap(placesIn);
  return [
    {
      name: 'evidence packs',
      weight: 2,
      inputs: packs.map((pack) => encoder.encode(pack)),
      mutate: (text, chance) =>
        chance.below(2) === 0
          ? mutateBytes(text, chance, [text])
          : encoder.encode(canonicalOrNot(mutateJson(fieldsOf(decoder.decode(text)) as Json, chance))),
      judge,
    },
    {
      name: 'items of evidence packs',
      weight: 1,
      inputs: places.map(({ octets }) => octets),
      dress: (octets, at) => encoder.encode(packWith(places[at], octets)),
      judge,
    },
  ];
}

/** Canonical where that can be: lone surrogates and the like cannot be written so. */
function canonicalOrNot(value: Json): string {
  try {
    return canonicalize(value);
  } catch {
    return JSON.stringify(value);
  }
}

/** Registries of authorities. */
export function registrySubject(): Subject {
  const registry = JSON.stringify(defaultAuthorityRegistry);
  return {
    name: 'registries',
    weight: 2,
    inputs: [encoder.encode(registry)],
    mutate: (text, chance) =>
      chance.below(4) === 0
        ? mutateBytes(text, chance, [text])
        : encoder.encode(JSON.stringify(mutateJson(JSON.parse(decoder.decode(text)) as Json, chance))),
    judge: (input) => {
      const value = valueOf(decoder.decode(input));
      const read = parseAuthorityRegistry(value);
      if (!read.ok) return 'right';
      roleMappingsFor(read.value, [], roleMaps.national);
      const again = parseAuthorityRegistry(JSON.parse(JSON.stringify(read.value)));
      return again.ok ? 'right' : { fault: 'a registry that is read once and not twice' };
    },
  };
}

function valueOf(text: string): unknown {
  const parsed = parseCanonical(text, 10_000_000);
  if (parsed.ok) return parsed.value;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
