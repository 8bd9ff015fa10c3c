import { fromBase64 } from '../../core/kernel/index.ts';
import {
  acceptTimeStampResponse,
  attachTimeStamp,
  certificatesInFile,
  createRevocationStore,
  createVerifier,
  explain,
  explanationLinesMax,
  octetsInFile,
  parseCertificate,
  parseOcspResponse,
  parseRevocationList,
  parseSignedData,
  parseTimeStampResponse,
  parseTimeStampToken,
} from '../../eds/index.ts';
import { pem } from '../eds/world.ts';
import { isMadeOf, rightElements, rightStampsIn, signedPartsOf } from './made-of.ts';
import { keyFileSubjects, packSubjects, registrySubject } from './document-subjects.ts';
import type { Outcome, Subject } from './subject.ts';
import { treeOf } from './tree.ts';
import { trustIn } from './trust.ts';
import type { Authority, Input, World } from './world-form.ts';

const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const octetsOf = (inputs: readonly Input[]): readonly Uint8Array[] => inputs.map(({ octets }) => octets);

export function signatureSubject(
  name: string,
  weight: number,
  { authority, signatures }: { readonly authority: Authority; readonly signatures: readonly Input[] },
  beside: ReadonlySet<string> = new Set(),
): Subject {
  const verifier = createVerifier(trustIn(authority));
  const { content, atMs } = authority;
  const parts = signedPartsOf(octetsOf(signatures), { beside, content });
  return {
    name,
    weight,
    inputs: octetsOf(signatures),
    judge: (cms, at) => {
      // Attached content speaks for itself, so that what is altered in it meets its digest.
      const isAttached = signatures[at]?.it.includes('attached') === true;
      const report = verifier.verify({ cms, atMs, ...(isAttached ? {} : { content }) });
      const stamps = report.signers.flatMap((one) => one.timeStamps).filter(({ verdict }) => verdict === 'VALID');
      const isTimed = stamps.length > 0 || report.signers.some(({ referenceTimeMs }) => referenceTimeMs !== atMs);
      if (isTimed && rightStampsIn(cms, parts) < Math.max(1, stamps.length))
        return { fault: 'a reference time from an altered token' };
      if (report.verdict !== 'VALID') return 'right';
      return isMadeOf(cms, parts) ? 'explained' : { fault: 'VALID' };
    },
  };
}

function certificateSubject(world: World): Subject {
  const { authority, certificates, people } = world;
  const verifier = createVerifier(trustIn(authority));
  const inputs = octetsOf([...certificates, ...people]);
  const known = rightElements(world);
  return {
    name: 'certificates',
    weight: 20,
    inputs,
    judge: (certificate) => {
      parseCertificate(certificate);
      const { verdict } = verifier.verifyCertificate({ certificate, atMs: authority.atMs });
      if (verdict !== 'VALID') return 'right';
      return known.has(textOf(certificate)) ? 'explained' : { fault: 'VALID' };
    },
  };
}

/** The signed part of a list (its first element) or of an OCSP response (the first element of the wrapped answer). */
function signedPartIn(octets: Uint8Array): string {
  const root = treeOf(octets);
  const basic =
    root?.tag === 0x30 && root.children[0]?.tag === 0x0a ? root.children[1]?.children[0]?.children[1] : root;
  const signed = basic?.tag === 0x04 ? basic.children[0]?.children[0] : basic?.children[0];
  return textOf(signed?.der ?? octets);
}

function revocationSubject(kind: 'lists' | 'answers', weight: number, world: World): Subject {
  const { authority, people } = world;
  const inputs = octetsOf(world[kind]);
  // Packs carry the lists of the authority, which are put in the place of these.
  const signed = new Set([...inputs, ...authority.lists].map(signedPartIn));
  // Of whom no list says anything is in order by the lists.
  const never = kind === 'lists' ? ['revoked'] : ['revoked', 'unknown', 'revoked by the delta list'];
  const isCleared = clearedBy(authority, people);
  const stale = parsed(parseRevocationList(world.staleList));
  return {
    name: kind,
    weight,
    inputs,
    judge: (octets, at) => {
      const list = kind === 'lists' ? parseRevocationList(octets) : undefined;
      const response = kind === 'answers' ? parseOcspResponse(octets) : undefined;
      if (list?.ok !== true && response?.ok !== true) return 'right';
      // A list that nobody's signature vouches for may be asked too, and must not fall over it.
      if (list?.ok === true) list.value.find('4711');
      const cleared = isCleared({
        lists: [
          ...(list?.ok === true ? [list.value] : []),
          // Without its base list a delta list clears nobody.
          ...(world[kind][at]?.it === 'delta' ? [stale] : []),
        ],
        responses: response?.ok === true ? [response.value] : [],
      });
      if (never.some((one) => cleared.includes(one))) return { fault: `cleared ${cleared.join()}` };
      if (cleared.length === 0) return 'right';
      return signed.has(signedPartIn(octets)) ? 'explained' : { fault: 'cleared by an altered answer' };
    },
  };
}

/** Whom of the people these answers clear; the root's list is always at hand, and the issuing authority's only where it is among them. */
function clearedBy(
  authority: Authority,
  people: readonly Input[],
): (answers: Parameters<typeof createRevocationStore>[0]) => readonly string[] {
  const trust = trustIn(authority);
  const [rootList] = authority.lists.map((one) => parsed(parseRevocationList(one)));
  let store = trust.revocation();
  const verifier = createVerifier({ ...trust, revocation: () => store });
  return ({ lists = [], responses = [] }) => {
    store = createRevocationStore({ lists: [...(rootList === undefined ? [] : [rootList]), ...lists], responses });
    const isGood = ({ octets: certificate }: Input): boolean =>
      verifier
        .verifyCertificate({ certificate, atMs: authority.atMs })
        .stages.some(({ name, outcome }) => name === 'revocation' && outcome === 'PASS');
    return people.filter(isGood).map(({ it }) => it);
  };
}

function parsed<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('a fixture cannot be read');
  return result.value;
}

function tokenSubject(world: World): Subject {
  const { authority, tokens, bare, signatures } = world;
  const verifier = createVerifier(trustIn(authority));
  const { content, atMs } = authority;
  const parts = signedPartsOf(octetsOf(signatures), { beside: rightElements(world), content });
  return {
    name: 'tokens',
    weight: 8,
    inputs: octetsOf(tokens),
    judge: (token) => {
      parseTimeStampToken(token);
      const cms = attachTimeStamp(bare, token);
      if (!cms.ok) return 'right';
      const report = verifier.verify({ cms: cms.value, content, atMs });
      const isBelieved = report.timeStamps[0]?.verdict === 'VALID' || report.referenceTimeMs !== atMs;
      if (!isBelieved && report.verdict !== 'VALID') return 'right';
      return isMadeOf(token, parts) ? 'explained' : { fault: 'a reference time from an altered token' };
    },
  };
}

function stampResponseSubject({ stampResponses, tokens }: World): Subject {
  const { info } = parsed(parseTimeStampToken(tokens[0]?.octets ?? new Uint8Array(0)));
  const request = { imprint: info.imprint, nonce: Uint8Array.of(1, 2, 3, 4) };
  return {
    name: 'responses of time-stamping authorities',
    weight: 10,
    inputs: octetsOf(stampResponses),
    judge: (octets) => {
      parseTimeStampResponse(octets);
      const accepted = acceptTimeStampResponse(octets, request);
      if (!accepted.ok) return 'right';
      const told = parsed(parseTimeStampToken(accepted.value)).info;
      const isAnswer = textOf(told.imprint.digest) === textOf(info.imprint.digest) && told.nonce === info.nonce;
      return isAnswer ? 'right' : { fault: 'an answer to another request was taken' };
    },
  };
}

/** Text around octets, changed in one or the other. */
function armourSubject({ certificates, signatures }: World): Subject {
  const inputs = octetsOf([...certificates, ...signatures.slice(0, 3)]);
  return {
    name: 'PEM',
    weight: 3,
    inputs,
    dress: (octets, at) =>
      Buffer.from(at % 2 === 0 ? pem('CERTIFICATE', octets) : Buffer.from(octets).toString('base64')),
    judge: (file) => {
      fromBase64(textOf(file));
      const found = octetsInFile(file);
      const certificatesFound = certificatesInFile(file);
      const isConsistent = !certificatesFound.ok || (found !== undefined && found.length > 0);
      return isConsistent ? 'right' : { fault: 'certificates without octets' };
    },
  };
}

const unsafe = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Every reader, and the explanation, on input of whatever kind: none throws, and the explanation stays within its bound and safe for a terminal. */
export function judgeByAll(octets: Uint8Array): Outcome {
  for (const read of [
    parseSignedData,
    parseCertificate,
    parseRevocationList,
    parseOcspResponse,
    parseTimeStampToken,
    parseTimeStampResponse,
    certificatesInFile,
    octetsInFile,
  ])
    read(octets);
  const { lines } = explain(octets);
  if (lines.length > explanationLinesMax) return { fault: 'a longer explanation than the bound' };
  const texts = lines.map((line) => (line.kind === 'fault' ? '' : (line.value ?? ''))).join('');
  return unsafe.test(texts) ? { fault: 'an explanation that is not safe for a terminal' } : 'right';
}

/** All kinds of inputs of a world, each with those who read it. `real` are signatures and more of the national authority, where they are at hand. */
export function subjectsOf(world: World, real: readonly Subject[]): readonly Subject[] {
  return [
    signatureSubject('signatures', 30, world, rightElements(world)),
    signatureSubject('national signatures', 1, world.national),
    certificateSubject(world),
    revocationSubject('lists', 14, world),
    revocationSubject('answers', 14, world),
    tokenSubject(world),
    stampResponseSubject(world),
    armourSubject(world),
    ...keyFileSubjects(world.keyFiles),
    ...packSubjects(world),
    registrySubject(),
    ...real,
  ];
}
