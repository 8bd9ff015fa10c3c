import type { CaseEvent } from '../../../core/actions/index.ts';
import { ok, refuse, type ActionId, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../../core/signing/index.ts';
import type { ChangeFault, ToldChange, VaultOutput } from '../../../contracts/vault-host/index.ts';
import type { Store } from '../journal/store.ts';
import { absentCase, type ConfirmedCase } from './book.ts';
import { keepSignature } from './signatures.ts';
import { confirmedOf, insertChange, upsertCase, type CaseRow } from './rows.ts';
import { foldTold, type FeedName, type FeedRule } from './told.ts';

const positionOf = (feed: FeedName): string => `${feed}-position`;
/** First position since which a case stands still because a change of it did not hold; 0 for none. */
const stoppedOf = (feed: FeedName): string => `${feed}-stopped-at`;

type Folded = { readonly change: ToldChange; readonly event: CaseEvent };

/** One page of the feed, folded in memory; nothing of it counts before the commit. */
class Page {
  readonly #store: Store;
  readonly #rule: FeedRule & { readonly feed: FeedName };
  readonly cases = new Map<CaseId, ConfirmedCase>();
  readonly folded: Folded[] = [];
  readonly forged: VaultOutput<'cases.apply'>['forged'] = [];

  constructor(store: Store, rule: FeedRule & { readonly feed: FeedName }) {
    this.#store = store;
    this.#rule = rule;
  }

  #before(caseId: CaseId): ConfirmedCase {
    const row = this.#store.get<CaseRow>('select * from cases where case_id = ?', caseId);
    return this.cases.get(caseId) ?? (row === undefined ? absentCase : confirmedOf(row));
  }

  #heldHash({ case: caseId, revision }: ToldChange): Sha256Hex | undefined {
    const here = this.folded.find(({ change }) => change.case === caseId && change.revision === revision);
    const sql = 'select hash from case_changes where case_id = ? and revision = ?';
    return here?.change.hash ?? this.#store.get<{ hash: Sha256Hex }>(sql, caseId, revision)?.hash;
  }

  take(change: ToldChange): void {
    const before = this.#before(change.case);
    if (change.revision <= before.revision) {
      // Read again after a stop: what is held must be told the same.
      if (this.#heldHash(change) !== change.hash) this.#reject(change, 'history-rewritten');
      return;
    }
    const told = foldTold(before, change, this.#rule);
    if (typeof told === 'string') return this.#reject(change, told);
    this.cases.set(change.case, told.after);
    this.folded.push({ change, event: told.event });
  }

  #reject({ case: caseId, position }: ToldChange, why: ChangeFault): void {
    this.forged.push({ caseId, position, why });
  }
}

/** How far one of the server's feeds was read, and the one way in which they get into the tables of cases. */
export class Feed {
  readonly #store: Store;
  readonly #rule: FeedRule & { readonly feed: FeedName };
  readonly #isOwn: (actionId: ActionId) => boolean;
  #position: number;
  #stoppedAt = 0;

  /** `isOwn`: acts of this journal, whose signatures its entries hold. */
  constructor(store: Store, feed: FeedName, rule: FeedRule, isOwn: (actionId: ActionId) => boolean) {
    this.#store = store;
    this.#rule = { ...rule, feed };
    this.#isOwn = isOwn;
    const position = Number(store.meta(positionOf(feed)) ?? 0);
    const stoppedAt = Number(store.meta(stoppedOf(feed)) ?? 0);
    // A server that was put right again tells the stopped cases rightly now: they are read anew.
    this.#position = stoppedAt > 0 ? Math.min(position, stoppedAt - 1) : position;
  }

  get position(): number {
    return this.#position;
  }

  /** Durable when it returns. */
  apply(changes: readonly ToldChange[]): Result<VaultOutput<'cases.apply'>, 'changes-out-of-order'> {
    const held = this.#position;
    const fresh = changes.filter(({ position }) => position > held);
    if (!fresh.every(({ position }, i) => position === held + 1 + i))
      return refuse('changes-out-of-order', { position: held });
    if (fresh.length === 0) return ok({ position: held, changed: [], forged: [] });
    const page = new Page(this.#store, this.#rule);
    for (const change of fresh) page.take(change);
    const position = held + fresh.length;
    const stoppedAt = this.#stoppedAt > 0 ? this.#stoppedAt : (page.forged[0]?.position ?? 0);
    this.#write(page, { position, stoppedAt });
    this.#position = position;
    this.#stoppedAt = stoppedAt;
    return ok({ position, changed: [...page.cases.keys()], forged: page.forged });
  }

  #write(page: Page, to: { readonly position: number; readonly stoppedAt: number }): void {
    this.#store.write(() => {
      for (const [caseId, { revision, hash, changedAtMs, state }] of page.cases) {
        this.#store.run(upsertCase, caseId, revision, hash, changedAtMs, JSON.stringify(state));
      }
      for (const one of page.folded) this.#insert(one);
      this.#store.setMeta(positionOf(this.#rule.feed), String(to.position));
      this.#store.setMeta(stoppedOf(this.#rule.feed), String(to.stoppedAt));
    });
  }

  #insert({ change, event }: Folded): void {
    const { case: caseId, revision, position, hash, act, signer } = change;
    const { id, hash: actHash, receivedAtMs, leafIndex } = act;
    const text = canonicalize(event as unknown as Json);
    const row = [caseId, revision, position, hash, id, actHash, signer ?? '', receivedAtMs, leafIndex, text] as const;
    this.#store.run(insertChange, ...row);
    if (!this.#isOwn(id)) keepSignature(this.#store, this.#rule.feed, change);
  }
}
