import { refuse, type Result } from '../../core/kernel/index.ts';
import {
  isOcspResponseOf,
  readOcspReply,
  writeOcspRequest,
  type Certificate,
  type IdentifierDigest,
  type OcspResponse,
  type TrustConfiguration,
} from '../../eds/index.ts';
import { allowedAddress } from './addresses.ts';
import type { AuthorityClient, AuthorityRefusal } from './client.ts';

export type OcspAskRefusal =
  | AuthorityRefusal
  | 'ocsp-malformed'
  | 'ocsp-refused'
  | 'ocsp-nonce-differs'
  | 'ocsp-answer-foreign'
  | 'digest-unsupported'
  | 'ocsp-nonce-malformed';

type Pair = { readonly certificate: Certificate; readonly issuer: Certificate };

/** Asks OCSP responders and keeps what they said while it is fresh. */
export type OcspAsker = {
  /** A kept response that is still fresh, or a new one with a nonce. Its status is not looked at: the verifier judges it. */
  readonly ask: (pair: Pair) => Promise<Result<OcspResponse, OcspAskRefusal>>;
  /** What is kept, for the store of a verifier. */
  readonly kept: () => readonly OcspResponse[];
};

export type OcspAskerOptions = {
  readonly client: AuthorityClient;
  readonly origins: readonly string[];
  readonly trust: Pick<TrustConfiguration, 'algorithmPolicy' | 'suite' | 'refusedPolicies'>;
  readonly nowMs: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  /** How long a response is kept after it was asked for; its own nextUpdate ends it earlier. */
  readonly ageMaxMs: number;
  /** Addresses by key identifier of the authority; without one, those that the certificate names. All must be on the list. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  readonly digest?: IdentifierDigest;
};

/** Responses kept: all signers of a busy day; 10,000 of 2 kB. The oldest is forgotten first. */
const keptMax = 10_000;
const nonceSizeBytes = 16;
/** Addresses tried for one question; certificates of the national authority name one, some of them twice. */
const addressesMax = 3;

type Kept = { readonly response: OcspResponse; readonly untilMs: number };

export function createOcspAsker(options: OcspAskerOptions): OcspAsker {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<Result<OcspResponse, OcspAskRefusal>>>();

  const keep = (key: string, response: OcspResponse): void => {
    const nextUpdates = response.answers.flatMap(({ nextUpdateMs }) =>
      nextUpdateMs === undefined ? [] : [nextUpdateMs],
    );
    kept.delete(key);
    const [oldest] = kept.keys();
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest);
    kept.set(key, { response, untilMs: Math.min(options.nowMs() + options.ageMaxMs, ...nextUpdates) });
  };

  const askLive = async (key: string, pair: Pair): Promise<Result<OcspResponse, OcspAskRefusal>> => {
    let last: Result<OcspResponse, OcspAskRefusal> = refuse('authority-address-refused');
    for (const address of addressesOf(pair, options)) {
      last = await askAt(address, pair, options);
      if (last.ok) {
        keep(key, last.value);
        return last;
      }
    }
    return last;
  };

  return {
    ask: (pair) => {
      const key = `${pair.certificate.sha256} ${pair.issuer.sha256}`;
      const known = kept.get(key);
      if (known !== undefined && options.nowMs() < known.untilMs)
        return Promise.resolve({ ok: true, value: known.response });
      // Those who ask the same at the same time share one question.
      const asked = underWay.get(key) ?? askLive(key, pair).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
    kept: () => [...kept.values()].map(({ response }) => response),
  };
}

function addressesOf({ certificate, issuer }: Pair, { addresses, origins }: OcspAskerOptions): readonly string[] {
  const configured = addresses?.[issuer.extensions.subjectKeyIdentifier ?? ''];
  const named = new Set(configured ?? certificate.extensions.ocspUrls);
  return [...named].filter((address) => allowedAddress(address, origins).ok).slice(0, addressesMax);
}

async function askAt(
  address: string,
  pair: Pair,
  { client, trust, randomBytes, digest }: OcspAskerOptions,
): Promise<Result<OcspResponse, OcspAskRefusal>> {
  const question = { ...pair, nonce: randomBytes(nonceSizeBytes), ...(digest === undefined ? {} : { digest }) };
  const body = writeOcspRequest(question, trust.suite);
  if (!body.ok) return body;
  const answer = await client.call({ service: 'ocsp', address, body: body.value });
  if (!answer.ok) return answer;
  const reply = readOcspReply(question, answer.value, trust.suite);
  if (!reply.ok) return reply;
  return isOcspResponseOf(reply.value, pair.issuer, trust) ? reply : refuse('ocsp-answer-foreign');
}
