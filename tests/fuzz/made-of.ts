import { objectIdentifier, oids } from '../../eds/der/index.ts';
import { nationalProfiles } from '../../eds/gost/index.ts';
import { contentOf, nodesOf, treeOf, type Node } from './tree.ts';
import type { World } from './world-form.ts';

/**
 * Whole signed parts of right signatures. What a signature does not cover can be changed by anybody without making it wrong: a signer, a
 * time-stamp or a certificate beside can be left out or written twice, sets can be put in another order, and the key can be named for the signature
 * (`rsaEncryption` for `sha256WithRSAEncryption`), NULL can be written for nothing, the signed content can be attached. A changed file that is VALID must be made of these parts and of nothing else.
 */
export type SignedParts = {
  readonly signers: ReadonlySet<string>;
  readonly certificates: ReadonlySet<string>;
  readonly contents: ReadonlySet<string>;
};

type Fields = {
  readonly signers: readonly Node[];
  readonly certificates: readonly Node[];
  readonly content: Node | undefined;
  readonly hasOthers: boolean;
};

const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const oidOf = (algorithm: Node | undefined): string => textOf(algorithm?.children[0]?.der ?? new Uint8Array(0));

/** Signature algorithms that CMS names by the key alone, and their own names. */
const spellings: ReadonlyMap<string, string> = new Map(
  [
    [oids.rsaEncryption, oids.sha256WithRsa],
    ...Object.values(nationalProfiles).map(({ keyOid, signatureOid }) => [keyOid, signatureOid] as const),
  ].map(([key = '', signature = '']) => [textOf(objectIdentifier(key)), textOf(objectIdentifier(signature))]),
);

function fieldsOf(cms: Uint8Array): Fields | undefined {
  const body = treeOf(cms)?.children[1]?.children[0];
  const [version, digests, encapsulated, ...rest] = body?.children ?? [];
  const signers = rest.at(-1);
  if (version === undefined || digests === undefined || signers?.tag !== 0x31) return undefined;
  const between = rest.slice(0, -1);
  const certificates = between.filter(({ tag }) => tag === 0xa0).flatMap(({ children }) => children);
  const hasOthers = between.some(({ tag }) => tag !== 0xa0);
  return { signers: signers.children, certificates, content: encapsulated?.children[1]?.children[0], hasOthers };
}

/** What one SignerInfo says, apart from what may be spelled in two ways and from what nobody signed. */
function signerText({ children }: Node): string {
  const signed = children.filter(({ tag }) => tag !== 0xa1);
  return signed
    .map((part, at) => {
      const isDigest = at === 2;
      const isSignature = at > 2 && part.tag === 0x30;
      if (!isDigest && !isSignature) return textOf(part.der);
      const oid = oidOf(part);
      const name = isSignature ? (spellings.get(oid) ?? oid) : oid;
      return `${name}+${part.children.slice(1).map(withoutNull).join('')}`;
    })
    .join('|');
}

/** Parameters of an algorithm without NULL, which may stand for nothing at any depth. */
function withoutNull({ tag, der, children }: Node): string {
  if (tag === 0x05 && der.length === 2) return '';
  return children.length === 0 ? textOf(der) : `${tag}(${children.map(withoutNull).join('')})`;
}

/** Values of the unsigned attributes that are time-stamps, and whether there are others. */
function unsignedOf(signer: Node): { readonly tokens: readonly Node[]; readonly hasOthers: boolean } {
  const attributes = signer.children.filter(({ tag }) => tag === 0xa1).flatMap(({ children }) => children);
  const isStamp = ({ children }: Node): boolean => textOf(children[0]?.der ?? new Uint8Array(0)) === stampOid;
  const tokens = attributes.filter(isStamp).flatMap(({ children }) => children[1]?.children ?? []);
  return { tokens, hasOthers: !attributes.every(isStamp) };
}

const stampOid = textOf(objectIdentifier(oids.signatureTimeStamp));

/**
 * The parts of right files: signers, certificates and contents, those of their time-stamps included; `beside` are right certificates of other files, `content` is what
 * detached signatures sign.
 */
export function signedPartsOf(
  files: readonly Uint8Array[],
  { beside, content }: { readonly beside: ReadonlySet<string>; readonly content: Uint8Array },
): SignedParts {
  const [signers, certificates, contents] = [new Set<string>(), new Set(beside), new Set([textOf(content)])];
  const add = (file: Uint8Array): void => {
    const fields = fieldsOf(file);
    if (fields === undefined) throw new Error('a fixture is no SignedData');
    for (const one of fields.certificates) certificates.add(textOf(one.der));
    if (fields.content !== undefined) contents.add(textOf(contentOf(fields.content)));
    for (const signer of fields.signers) {
      signers.add(signerText(signer));
      for (const token of unsignedOf(signer).tokens) add(token.der);
    }
  };
  for (const file of files) add(file);
  return { signers, certificates, contents };
}

/** True where a file is made of nothing but right parts. */
export function isMadeOf(file: Uint8Array, parts: SignedParts): boolean {
  const fields = fieldsOf(file);
  if (fields === undefined || fields.hasOthers || fields.signers.length === 0) return false;
  const { content } = fields;
  if (content !== undefined && !parts.contents.has(textOf(contentOf(content)))) return false;
  if (!fields.certificates.every(({ der }) => parts.certificates.has(textOf(der)))) return false;
  return fields.signers.every((signer) => {
    const { tokens, hasOthers } = unsignedOf(signer);
    return !hasOthers && parts.signers.has(signerText(signer)) && tokens.every(({ der }) => isMadeOf(der, parts));
  });
}

/** How many time-stamps of a file are made of nothing but right parts. */
export function rightStampsIn(file: Uint8Array, parts: SignedParts): number {
  const tokens = (fieldsOf(file)?.signers ?? []).flatMap((signer) => unsignedOf(signer).tokens);
  return tokens.filter(({ der }) => isMadeOf(der, parts)).length;
}

/** Every element of the inputs of a world: certificates and lists among them are right wherever a change puts them. */
export function rightElements(world: World): ReadonlySet<string> {
  const { authority, certificates, people, signatures, lists, answers, tokens } = world;
  const inputs = [...certificates, ...people, ...signatures, ...lists, ...answers, ...tokens].map((one) => one.octets);
  const trees = [...inputs, ...authority.lists].map(treeOf).filter((root) => root !== undefined);
  return new Set(trees.flatMap(nodesOf).map(({ der }) => textOf(der)));
}
