import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  acceptTimeStampResponse,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalTimeStampPolicies,
  sha256,
  writeTimeStampRequest,
  type Certificate,
  type RevocationList,
  type Verifier,
} from '../../eds/index.ts';
import type { AuthorityClient, AuthorityRefusal } from '../authorities/index.ts';

/** Fresh chance of a request: as many octets as the national authority's own client sends. */
const nonceSizeBytes = 16;
const sha256Oid = '2.16.840.1.101.3.4.2.1';

export type TimeStampRefusal =
  | AuthorityRefusal
  | 'time-stamp-malformed'
  | 'time-stamp-refused'
  | 'time-stamp-differs'
  | 'archive-time-stamp-absent'
  | 'archive-time-stamp-untrusted';

/** A token over some octets, and the time that it says. */
export type Stamped = { readonly token: Uint8Array; readonly atMs: number };

/** What octets are stamped by, and what a token is judged by. */
export type TimeStamps = {
  readonly ask: (content: Uint8Array) => Promise<Result<Stamped, TimeStampRefusal>>;
  /** The time that a token proves for these octets; refused where it proves nothing. */
  readonly judge: (
    content: Uint8Array,
    token: Uint8Array,
    nowMs: number,
  ) => Result<number, 'archive-time-stamp-untrusted'>;
};

export type TimeStampsOptions = {
  readonly client: AuthorityClient;
  /** Asked in this order; the first usable answer counts. */
  readonly addresses: readonly string[];
  readonly verifier: Pick<Verifier, 'verifyTimeStamp'>;
  readonly randomBytes: (size: number) => Buffer;
  readonly nowMs: () => number;
};

/**
 * Judges tokens by the platform's own authorities. One that is known to be revoked never counts; of one about which nothing is at hand
 * the operator's word stands, who put its authorities into the trust: after years its lists are no longer published.
 */
export function stampVerifier(trust: {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly lists?: readonly RevocationList[];
}): Verifier {
  const store = createRevocationStore({ lists: trust.lists ?? [] });
  return createVerifier({
    anchors: trust.anchors,
    intermediates: trust.intermediates,
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: [],
    purposes: nationalPurposes,
    refusedPolicies: [],
    timeStamping: { policies: nationalTimeStampPolicies, issuers: 'any', revocation: 'if-known' },
    revocation: () => store,
    authorityRevocation: 'if-known',
  });
}

/** Opens the way to time-stamping authorities (RFC 3161). A token counts only where its authority leads to an anchor of the platform. */
export function openTimeStamps(options: TimeStampsOptions): TimeStamps {
  const { client, addresses, verifier, randomBytes, nowMs } = options;

  function judge(content: Uint8Array, token: Uint8Array, atMs: number): Result<number, 'archive-time-stamp-untrusted'> {
    const { verdict, reason, genTimeMs } = verifier.verifyTimeStamp({ token, stamped: content, atMs });
    if (verdict !== 'VALID' || genTimeMs === undefined) return refuse('archive-time-stamp-untrusted', { reason });
    return ok(genTimeMs);
  }

  async function askOne(address: string, content: Uint8Array): Promise<Result<Stamped, TimeStampRefusal>> {
    const imprint = { digestOid: sha256Oid, digest: sha256(content) };
    const request = { imprint, nonce: randomBytes(nonceSizeBytes) };
    const answer = await client.call({ service: 'time-stamp', address, body: writeTimeStampRequest(request) });
    if (!answer.ok) return answer;
    const token = acceptTimeStampResponse(answer.value, request);
    if (!token.ok) return token;
    const judged = judge(content, token.value, nowMs());
    return judged.ok ? ok({ token: token.value, atMs: judged.value }) : judged;
  }

  return {
    judge,
    ask: async (content) => {
      let last: Result<Stamped, TimeStampRefusal> = refuse('archive-time-stamp-absent');
      for (const address of addresses) {
        last = await askOne(address, content);
        if (last.ok) break;
      }
      return last;
    },
  };
}
