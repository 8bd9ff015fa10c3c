import { afterAll, describe, expect, test } from 'vitest';
import { oids } from '../../../eds/der/index.ts';
import { parseOcspResponse, parseSignedData } from '../../../eds/index.ts';
import { hierarchy, list, verifierFor, type Hierarchy } from '../hierarchy.ts';
import { content, nowMs, unwrap } from '../world.ts';
import { chainCases, cmsCases, makeParties, type Asked, type Party } from './cms-cases.ts';
import { attribute, writeCms, type CmsContent } from './cms-writer.ts';
import explained from './disagreements.json' with { type: 'json' };
import { hasOpenssl, isGoodResponse, removeFiles, verifyCms, verifyToken } from './openssl.ts';
import { presentHierarchy, presentMs, responseCases, responseFor, type ResponseCase } from './response-cases.ts';
import { stampCases, stampFor, stampPolicy, type StampCase } from './stamp-cases.ts';

afterAll(removeFiles);
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so nothing independent judged the generated cases\n');

/** One case for one kind of keys: whether openssl accepts it, and what we say. */
type Answer = { readonly it: string; readonly keys: string; readonly isTheirs: boolean; readonly ours: string };

/** Where the two differ, as the data file writes it: who accepts, and for which keys where not for all. */
type Disagreement = {
  readonly openssl: 'accepts' | 'refuses';
  readonly here: string;
  readonly keys?: readonly string[];
};

const accepted = 'accepted';

function disagreementsIn(answers: readonly Answer[]): Readonly<Record<string, Disagreement>> {
  const found: Record<string, Disagreement> = {};
  for (const it of new Set(answers.map((one) => one.it))) {
    const all = answers.filter((one) => one.it === it);
    const differing = all.filter(({ isTheirs, ours }) => isTheirs !== (ours === accepted));
    const [first] = differing;
    if (first === undefined) continue;
    const here = [...new Set(differing.map(({ ours }) => ours))].toSorted((a, b) => a.localeCompare(b)).join(', ');
    const some = differing.length === all.length ? {} : { keys: differing.map(({ keys }) => keys) };
    found[it] = { openssl: first.isTheirs ? 'accepts' : 'refuses', here, ...some };
  }
  return found;
}

/** The data file without its explanations, each of which must say something. */
function explainedOf(kind: keyof typeof explained): Readonly<Record<string, Disagreement>> {
  const entries: readonly (readonly [string, Disagreement & { readonly why: string }])[] = Object.entries(
    explained[kind],
  ) as never;
  return Object.fromEntries(
    entries.map(([it, { why, ...rest }]) => {
      expect(why.length, it).toBeGreaterThan(30);
      return [it, rest];
    }),
  );
}

const counts: Record<string, { cases: number; accepted: number; refused: number; explained: number }> = {};

function conclude(kind: keyof typeof explained, answers: readonly Answer[]): void {
  const differ = answers.filter(({ isTheirs, ours }) => isTheirs !== (ours === accepted)).length;
  const good = answers.filter(({ ours }) => ours === accepted).length;
  counts[kind] = { cases: answers.length, accepted: good, refused: answers.length - good, explained: differ };
  expect(disagreementsIn(answers)).toEqual(explainedOf(kind));
}

const dayMs = 24 * 60 * 60 * 1000;
const oursOf = (verdict: string, reason: string): string => (verdict === 'VALID' ? accepted : `${verdict} ${reason}`);

function askAboutCms(it: string, asked: Asked, party: Party): Answer {
  const { keys, isPss, digest } = party;
  const made = asked.changes === undefined ? rightOf(party) : hierarchy(asked.changes, keys);
  const cms: CmsContent = { key: keys.signer, certificate: made.signer, isPss, digest, ...asked.cms };
  const written = writeCms(cms);
  const file = asked.finish?.(written, made) ?? written;
  const given = asked.content === 'attached' ? undefined : (asked.content ?? content);
  const lists = asked.lists ?? [list('root', {}, undefined, keys), list('issuing', {}, undefined, keys)];
  const trusted = { ...made, root: asked.anchor ?? made.root };
  const atMs = asked.atMs ?? nowMs;
  const authorities = [trusted.root, trusted.issuing];
  const { isOk } = verifyCms({ cms: file, content: given, authorities, lists, atMs });
  const detached = given === undefined ? {} : { content: given };
  const { verdict, reason } = verifierFor(trusted, { lists }).verify({ cms: file, atMs, ...detached });
  return { it, keys: party.name, isTheirs: isOk, ours: oursOf(verdict, reason) };
}

const rights = new Map<string, Hierarchy>();
function rightOf(party: Party): Hierarchy {
  const known = rights.get(party.name) ?? hierarchy({}, party.keys);
  rights.set(party.name, known);
  return known;
}

function askAboutStamp(it: string, asked: StampCase[1], party: Party): Answer {
  const { keys, isPss, digest } = party;
  const right = rightOf(party);
  const cms: CmsContent = { key: keys.signer, certificate: right.signer, isPss, digest };
  const stamped = unwrap(parseSignedData(writeCms(cms))).signers[0]?.signature ?? new Uint8Array(0);
  const { anchor, ...rest } = asked(party);
  const { token, made } = stampFor(rest, party, stamped);
  const trusted = { ...made, root: anchor ?? made.root };
  const { isOk } = verifyToken({ token, stamped, root: trusted.root, issuing: made.issuing, atMs: nowMs });
  const file = writeCms({ ...cms, signature: () => stamped, unsigned: [attribute(oids.signatureTimeStamp, token)] });
  const lists = [list('root', {}, undefined, keys), list('issuing', {}, undefined, keys)];
  const timeStamping = { policies: [stampPolicy], issuers: 'any', revocation: 'required' } as const;
  const report = verifierFor(trusted, { lists, trust: { timeStamping } }).verify({ cms: file, content, atMs: nowMs });
  const [stamp] = report.timeStamps;
  const ours = stamp === undefined ? oursOf(report.verdict, report.reason) : oursOf(stamp.verdict, stamp.reason);
  return { it, keys: party.name, isTheirs: isOk, ours };
}

function askAboutResponse(it: string, asked: ResponseCase[1], party: Party, made: Hierarchy): Answer {
  const response = responseFor(asked(party, made), party, made);
  const { root, issuing, signer: certificate } = made;
  const { isOk } = isGoodResponse({ response, certificate, root, issuing });
  const times = { thisUpdateMs: presentMs - dayMs, nextUpdateMs: presentMs + dayMs };
  const read = parseOcspResponse(response);
  const verifier = verifierFor(made, {
    lists: [list('root', times, undefined, party.keys)],
    responses: read.ok ? [response] : [],
  });
  const { stages } = verifier.verifyCertificate({ certificate, atMs: presentMs });
  const reason = stages.find(({ name }) => name === 'revocation')?.reason ?? 'none';
  return { it, keys: party.name, isTheirs: isOk, ours: reason === 'not-revoked' ? accepted : reason };
}

describe.skipIf(!hasOpenssl)('openssl and we agree, but for what is explained', () => {
  const parties = hasOpenssl ? makeParties() : [];

  test('on signatures: chains, revocation, content, attributes and forms', { timeout: 120_000 }, () => {
    const cases = [...chainCases, ...cmsCases];
    const answers = parties.flatMap((party) =>
      cases.map(([it, ask]) => askAboutCms(it, ask(party, rightOf(party)), party)),
    );
    conclude('signatures', answers);
  });

  test('on time-stamps', { timeout: 120_000 }, () => {
    const ask = (party: Party) => stampCases.map(([it, asked]) => askAboutStamp(it, asked, party));
    conclude('time-stamps', parties.filter(({ isPss }) => !isPss).flatMap(ask));
  });

  test('on OCSP responses', { timeout: 120_000 }, () => {
    const ask = (party: Party) => {
      const made = presentHierarchy(party);
      return responseCases.map(([it, asked]) => askAboutResponse(it, asked, party, made));
    };
    conclude('responses', parties.filter(({ isPss }) => !isPss).flatMap(ask));
  });

  test('over five hundred cases and more, good and bad', () => {
    const rows = Object.entries(counts).map(
      ([kind, { cases, accepted: good, refused, explained: differ }]) =>
        `${kind}: ${cases} cases, ${good} accepted and ${refused} refused here, ${differ} judged otherwise by openssl\n`,
    );
    process.stdout.write(rows.join(''));
    const total = (of: 'cases' | 'accepted' | 'refused'): number =>
      Object.values(counts).reduce((sum, one) => sum + one[of], 0);
    expect(total('cases')).toBeGreaterThanOrEqual(500);
    expect(Math.min(total('accepted'), total('refused'))).toBeGreaterThan(100);
  });
});
