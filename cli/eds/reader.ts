import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultAuthorityRegistry,
  defaultSuite,
  nationalPurposes,
  nationalTimeStampPolicies,
  octetsInFile,
  parseOcspResponse,
  parseRevocationList,
  roleMappingsFor,
  roleMaps,
  type OcspResponse,
  type RevocationList,
  type Verifier,
} from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import { misuse, parseAt, type Arguments, type Surroundings } from '../kit/index.ts';
import { readInput, unreadable, type Step } from './input.ts';
import { readTrustFolder } from './trust-folder.ts';

/** Options of every command that judges. */
export const readerOptions = { trust: 'required', crl: 'repeatable', ocsp: 'repeatable', at: 'optional' } as const;

/** Lists of large authorities have many megabytes. */
const listSizeMaxBytes = 256 * 1024 * 1024;
const responseSizeMaxBytes = 1024 * 1024;
/** National OCSP responses have no nextUpdate. Whoever hands one in chose it himself, so it speaks for the day around it. */
const ocspAgeMaxMs = 24 * 60 * 60 * 1000;

/** What judges for one call of a command: trust, revocation data and time as its options say; nothing is fetched. */
export type Reader = { readonly verifier: Verifier; readonly atMs: number };

export async function openReader(given: Arguments, { locale, nowMs }: Surroundings): Promise<Step<Reader>> {
  const at = given.option('at');
  const atMs = at === undefined ? nowMs() : parseAt(at);
  if (atMs === undefined) return { answer: misuse(locale, 'cli.error.time-malformed', { time: at ?? '' }) };
  const folder = await readTrustFolder(locale, given.required('trust'), defaultSuite);
  if ('answer' in folder) return folder;
  const lists = await readLists(locale, given.all('crl'));
  if ('answer' in lists) return lists;
  const responses = await readResponses(locale, given.all('ocsp'));
  if ('answer' in responses) return responses;
  const store = createRevocationStore({ lists: lists.value, responses: responses.value });
  const { anchors, intermediates } = folder.value;
  const verifier = createVerifier({
    anchors,
    intermediates,
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: roleMappingsFor(defaultAuthorityRegistry, [...anchors, ...intermediates], roleMaps.national),
    purposes: nationalPurposes,
    refusedPolicies: [],
    // Whoever reads put these authorities into the folder himself, and takes one out that he stops believing; their own lists are seldom at hand.
    timeStamping: { policies: nationalTimeStampPolicies, issuers: 'any', revocation: 'if-known' },
    revocation: () => store,
    authorityRevocation: 'if-known',
    ocspAgeMaxMs,
  });
  return { value: { verifier, atMs } };
}

async function readLists(locale: Locale, files: readonly string[]): Promise<Step<readonly RevocationList[]>> {
  const lists: RevocationList[] = [];
  for (const file of files) {
    const bytes = await readInput(locale, file, listSizeMaxBytes);
    if ('answer' in bytes) return bytes;
    const octets = octetsInFile(bytes.value, ['X509 CRL']) ?? [];
    const parsed = octets.map((der) => parseRevocationList(der));
    const read = parsed.flatMap((one) => (one.ok ? [one.value] : []));
    if (read.length === 0 || read.length < parsed.length) return unreadable(locale, file, 'cli.error.crl-malformed');
    lists.push(...read);
  }
  return { value: lists };
}

async function readResponses(locale: Locale, files: readonly string[]): Promise<Step<readonly OcspResponse[]>> {
  const responses: OcspResponse[] = [];
  for (const file of files) {
    const bytes = await readInput(locale, file, responseSizeMaxBytes);
    if ('answer' in bytes) return bytes;
    const [der, ...others] = octetsInFile(bytes.value) ?? [];
    const parsed = der === undefined ? undefined : parseOcspResponse(der);
    if (parsed?.ok !== true || others.length > 0) return unreadable(locale, file, 'cli.error.ocsp-malformed');
    responses.push(parsed.value);
  }
  return { value: responses };
}
