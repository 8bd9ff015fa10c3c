import { isClosed } from '../../core/actions/index.ts';
import { caseStart, foldAct, isReleased, type CaseFold } from '../../core/replay/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { envelopeOfLeaf, isStateOf } from '../intake/index.ts';
import { readRowsBy } from '../store/index.ts';
import type { CheckedAct } from './act-rows.ts';
import { foldAuthority } from './authority.ts';
import { foldRights } from './rights.ts';
import type { CheckedDocument } from './document-rows.ts';
import type { Expectation } from './finding.ts';
import type { AuditRun, LoggedLeaf } from './run.ts';

/** Cases compared by one statement. */
const pageMax = 1_000;

/** Folds the log by the rule, and compares what the tables say of cases. Holds the cases that may still change, and the number of each. */
export type ReplayFold = {
  /** Takes the documents of a page; where one is missing or edited, nobody knows any more who might do what. */
  readonly learn: (documents: readonly CheckedDocument[], isWhole: boolean) => void;
  /** Takes the acts of a page in the order of the log, each with its row where that is right. */
  readonly take: (
    acts: readonly { readonly logged: LoggedLeaf; readonly act: CheckedAct | undefined }[],
  ) => Promise<void>;
  readonly finish: () => Promise<void>;
};

type Accepted = CheckedAct & { readonly envelope: ActEnvelope };
type Head = { readonly sequence: number; readonly hash: string | undefined };

class Folding {
  readonly #run: AuditRun;
  readonly #authority = foldAuthority();
  readonly #rights = foldRights();
  readonly #heads = new Map<string, Head>();
  readonly #open = new Map<string, CaseFold>();
  /** Cases whose acts do not follow from each other: named once. */
  readonly #broken = new Set<string>();
  readonly #holders = new Map<string, string>();

  constructor(run: AuditRun) {
    this.#run = run;
  }

  #isKnown = true;

  readonly learn: ReplayFold['learn'] = (documents, isWhole) => {
    const counted = documents.filter((document) => this.#rights.learn(document));
    this.#authority.learn(counted);
    // A device that asks for two people is no fault; a person or a policy of the platform key alone is.
    for (const document of documents)
      if (!counted.includes(document) && document.kind !== 'device') this.#name(document.index, 'authority');
    this.#isKnown &&= isWhole;
  };

  readonly take: ReplayFold['take'] = async (acts) => {
    const closed: string[] = [];
    for (const { logged, act } of acts) {
      this.#follow(logged, act);
      if (act?.envelope === undefined) continue;
      const accepted = act as Accepted;
      const isPlaced = envelopeOfLeaf(logged.leaf, accepted.kept.envelope, this.#rights.at(logged.index)) !== undefined;
      const isAllowed = isPlaced && (!this.#isKnown || this.#isAllowed(accepted));
      if (!isAllowed) this.#name(logged.index, 'authority');
      const fold = this.#fold(accepted);
      if (fold !== undefined && isClosed(fold.state)) closed.push(accepted.envelope.subject.case);
    }
    await this.#compare(closed);
    for (const id of closed) this.#open.delete(id);
  };

  readonly finish = (): Promise<void> => this.#compare([...this.#open.keys()]);

  #isAllowed({ envelope, logged, row, kept }: Accepted): boolean {
    const rights = this.#rights.at(logged.index);
    const { received_at_ms: atMs } = row;
    const isLetIn = isReleased(logged.leaf, envelope, { hash: sha256Hex(kept.envelope), rights });
    return rights === undefined
      ? this.#authority.allows(envelope, atMs)
      : this.#rights.allows(rights, envelope, { atMs, isLetIn });
  }

  #name(index: number, expected: Expectation): void {
    this.#run.report({ place: 'log', key: String(index), is: 'different', expected });
  }

  /** Each act of a device stands on the one before it; one whose row was edited has no hash to stand on. */
  #follow({ index, leaf }: LoggedLeaf, act: CheckedAct | undefined): void {
    const name = `${leaf.device ?? ''}/${leaf.epoch ?? ''}`;
    const head = this.#heads.get(name);
    const isNext = leaf.sequence === (head?.sequence ?? 0) + 1;
    // What two people let in stands on nothing but their release.
    const previous = leaf.epoch === act?.envelope?.epoch ? act?.envelope?.previous : undefined;
    const isLinked = previous === undefined || head?.hash === undefined || previous === head.hash;
    if (!isNext || !isLinked) this.#name(index, 'chain');
    this.#heads.set(name, { sequence: leaf.sequence, hash: act?.row.envelope_hash });
  }

  /** The case after this act; undefined where the act does not follow. */
  #fold(act: Accepted): CaseFold | undefined {
    const { envelope, kept, row } = act;
    const caseId = envelope.subject.case;
    if (this.#broken.has(caseId)) return undefined;
    const policy = this.#rights.policyOf(envelope.policy) ?? this.#authority.policyOf(envelope.policy);
    const fold = this.#open.get(caseId) ?? caseStart;
    const { received_at_ms: receivedAtMs } = row;
    const rights = this.#rights.at(act.logged.index);
    const hash = sha256Hex(kept.envelope);
    const folded =
      policy === undefined ? undefined : foldAct({ fold, envelope, hash, receivedAtMs, policy, rights, sha256 });
    if (folded?.ok !== true || !this.#takeNumber(envelope)) {
      this.#broken.add(caseId);
      this.#open.delete(caseId);
      if (policy !== undefined || this.#isKnown) this.#name(act.logged.index, 'rule');
      return undefined;
    }
    const next = folded.value;
    if (next.effect !== undefined) this.#rights.apply(envelope, next.effect);
    this.#open.set(caseId, next.fold);
    return next.fold;
  }

  #takeNumber(envelope: ActEnvelope): boolean {
    if (envelope.type !== 'registration.submit') return true;
    const { number } = envelope.payload.form;
    const caseId = envelope.subject.case;
    const holder = this.#holders.get(number) ?? caseId;
    this.#holders.set(number, holder);
    return holder === caseId;
  }

  async #compare(caseIds: readonly string[]): Promise<void> {
    const { session, subjectKeys, report } = this.#run;
    for (let from = 0; from < caseIds.length; from += pageMax) {
      const ids = caseIds.slice(from, from + pageMax);
      const rows = new Map(
        (await readRowsBy(session, 'case_state', { column: 'case_id', values: ids })).map((row) => [row.case_id, row]),
      );
      const keys = await subjectKeys.known(ids.map((id) => `case:${id}`));
      for (const id of ids) {
        const [row, key, fold] = [rows.get(id), keys.get(`case:${id}`), this.#open.get(id)];
        // A row that is missing is named where cases are compared with their changes.
        if (row === undefined || fold === undefined) continue;
        if (key === undefined || !isStateOf(row, fold, key))
          report({ place: 'table case_state', key: id, is: 'different', expected: 'fold' });
      }
    }
  }
}

export function openReplay(run: AuditRun): ReplayFold {
  return new Folding(run);
}
