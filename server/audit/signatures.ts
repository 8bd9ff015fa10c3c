import * as z from 'zod';
import { parsePolicyDocument } from '../../contracts/documents/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { parseRevocationList } from '../../eds/index.ts';
import { buildTrust, checkSignature, trustDocument, type Trust, type TrustDocument } from '../accounts/index.ts';
import { readRowsBy, readTrustCertificates, type Row } from '../store/index.ts';
import type { CheckedAct } from './act-rows.ts';
import type { CheckedDocument } from './document-rows.ts';
import type { AuditRun } from './run.ts';

const keptValidation = z.looseObject({ atMs: z.number(), lists: z.array(z.string()) });

/** Trusts that are kept built; lists change once a day. */
const trustsMax = 16;
/** Lists that are kept read: base lists of large authorities have megabytes. */
const listsMax = 64;

/** Judges the signatures of acts again, each by the certificates, lists and policy that stood when it was let in. */
export type SignatureCheck = {
  /** Takes the documents that say whom the platform trusted. */
  readonly learn: (documents: readonly CheckedDocument[]) => void;
  readonly take: (acts: readonly CheckedAct[]) => Promise<void>;
  readonly checked: () => number;
};

type Validation = z.output<typeof keptValidation>;

class Signatures {
  readonly #run: AuditRun;
  readonly #policies = new Map<number, PolicyDocument>();
  /** Policies that wait for a second person, by case. */
  readonly #proposed = new Map<string, PolicyDocument>();
  readonly #trusts: { readonly index: number; readonly document: TrustDocument }[] = [];
  readonly #built = new Map<string, Trust>();
  readonly #lists = new Map<string, Row<'revocation_list'> | undefined>();
  #certificates: readonly Row<'trust_certificate'>[] | undefined;
  #checked = 0;

  constructor(run: AuditRun) {
    this.#run = run;
  }

  readonly checked = (): number => this.#checked;

  readonly learn = (documents: readonly CheckedDocument[]): void => {
    for (const { index, kind, text } of documents) {
      const policy = kind === 'policy' ? parsePolicyDocument(text) : undefined;
      if (policy?.ok === true) this.#policies.set(policy.value.version, policy.value);
      const trust = kind === 'trust' ? trustDocument.safeParse(JSON.parse(text)) : undefined;
      if (trust?.success === true) this.#trusts.push({ index, document: trust.data });
    }
  };

  readonly take = async (acts: readonly CheckedAct[]): Promise<void> => {
    const validated = acts.flatMap((act) => {
      const { validation } = act.kept;
      return validation === null ? [] : [{ act, validation: keptValidation.parse(JSON.parse(validation)) }];
    });
    await this.#readLists(validated.flatMap(({ validation }) => validation.lists));
    const judged = new Map(validated.map(({ act, validation }) => [act, validation]));
    for (const act of acts) {
      const validation = judged.get(act);
      if (validation !== undefined) this.#judge(act, validation);
      this.#learnChange(act);
    }
  };

  /** A policy that two people confirmed is what later acts are judged by. */
  #learnChange({ envelope }: CheckedAct): void {
    if (envelope?.type === 'access.propose' && envelope.payload.change.kind === 'policy')
      this.#proposed.set(envelope.subject.case, envelope.payload.change.record);
    const confirmed = envelope?.type === 'access.confirm' ? this.#proposed.get(envelope.subject.case) : undefined;
    if (confirmed !== undefined) this.#policies.set(confirmed.version, confirmed);
  }

  async #readLists(hashes: readonly string[]): Promise<void> {
    const { report, session } = this.#run;
    this.#certificates ??= await readTrustCertificates(session);
    const values = [...new Set(hashes)].filter((hash) => !this.#lists.has(hash));
    if (values.length === 0) return;
    if (this.#lists.size > listsMax) this.#lists.clear();
    const rows = new Map(
      (await readRowsBy(session, 'revocation_list', { column: 'sha256', values })).map((row) => [row.sha256, row]),
    );
    for (const hash of values) {
      this.#lists.set(hash, rows.get(hash));
      if (!rows.has(hash))
        report({ place: 'table revocation_list', key: hash, is: 'missing', expected: 'revocation-list' });
    }
  }

  #trustOf(document: TrustDocument, policy: PolicyDocument, validation: Validation): Trust {
    const name = `${document.version} ${policy.version} ${validation.lists.join(' ')}`;
    const known = this.#built.get(name);
    if (known !== undefined) return known;
    const rows = validation.lists.flatMap((hash) => this.#lists.get(hash) ?? []);
    const listed = rows.flatMap(({ der, sha256 }) => {
      const list = parseRevocationList(der);
      return list.ok && list.value.sha256 === sha256
        ? [[list.value.authorityKeyIdentifier ?? '', list.value] as const]
        : [];
    });
    const source = {
      document,
      policy,
      certificates: this.#certificates ?? [],
      listed: new Map(
        listed.map(([authority, { sha256, thisUpdateMs }]) => [
          authority,
          { authority, sha256: sha256 as Sha256Hex, thisUpdateMs },
        ]),
      ),
      lists: rows,
    };
    if (this.#built.size >= trustsMax) this.#built.clear();
    // Lists are judged by their age when the act came, not by this day's.
    const trust = buildTrust(source, { nowMs: () => this.#atMs });
    this.#built.set(name, trust);
    return trust;
  }

  #atMs = 0;

  #judge({ logged, kept, row }: CheckedAct, validation: Validation): void {
    const envelope = JSON.parse(kept.envelope) as {
      readonly policy: number;
      readonly actor: { readonly iin: string; readonly certificate: string };
    };
    const policy = this.#policies.get(envelope.policy);
    this.#atMs = validation.atMs;
    this.#checked += 1;
    // The newest trust that the log had by then, or the one before it: a document is in the log a moment before it counts.
    const candidates = this.#trusts.filter(({ index }) => index < logged.index).slice(-2);
    const isGood = candidates.toReversed().some(({ document }) => {
      if (policy === undefined) return false;
      const content = Buffer.from(kept.envelope);
      const trust = this.#trustOf(document, policy, validation);
      const checked = checkSignature(trust, { cms: kept.cms, content, atMs: validation.atMs });
      return (
        checked.ok &&
        checked.value.iin === envelope.actor.iin &&
        checked.value.certificate === envelope.actor.certificate
      );
    });
    if (!isGood)
      this.#run.report({
        ...{ place: 'table act', key: `${row.device}/${row.epoch}/${row.sequence}`, column: 'sealed' },
        ...{ is: 'different', expected: 'signature' },
      });
  }
}

export function openSignatures(run: AuditRun): SignatureCheck {
  return new Signatures(run);
}
