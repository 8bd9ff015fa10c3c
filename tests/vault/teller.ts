import { nextCaseHash, caseHashStart } from '../../core/signing/index.ts';
import type { ActPayloads, ActType } from '../../core/actions/index.ts';
import type { CaseId, DeviceId, Iin, Sha256Hex } from '../../core/kernel/index.ts';
import type { ToldChange, VaultOutput } from '../../contracts/vault-host/index.ts';
import { sha256, sha256Hex } from '../../native/vault-host/hash.ts';
import { actOf, formOf, registrar } from './acts.ts';
import { startMs } from './platform.ts';

type Wish<Type extends ActType> = {
  readonly caseId: CaseId;
  readonly type: Type;
  readonly payload: ActPayloads[Type];
  readonly by: Iin;
  /** Of the receipt. */
  readonly atMs?: number;
  /** Members of the envelope that are not as they should be. */
  readonly changes?: Readonly<Record<string, unknown>>;
};

type Act = { readonly actionId: string; readonly envelope: string };

/** What an honest server would tell of the acts of some other device: it numbers them and keeps the hash of each case. */
export class Teller {
  readonly #next: VaultOutput<'acts.next'>;
  #position = 0;
  readonly #cases = new Map<CaseId, { readonly revision: number; readonly hash: Sha256Hex }>();

  constructor(next: VaultOutput<'acts.next'>) {
    this.#next = { ...next, device: '11111111-1111-4111-8111-111111111111' as DeviceId };
  }

  /** Tells an act of this type, made for the case as it is now. */
  act<Type extends ActType>({ by, atMs = startMs, ...wish }: Wish<Type>): ToldChange {
    const place = this.#cases.get(wish.caseId) ?? { revision: 0, hash: caseHashStart };
    return this.tell(wish.caseId, actOf({ next: this.#next, atMs: startMs, iin: by, ...place, ...wish }), atMs);
  }

  submitted(caseId: CaseId, n: number, by: Iin = registrar): ToldChange {
    return this.act({ caseId, type: 'registration.submit', payload: { form: formOf(n) }, by, atMs: startMs + n });
  }

  claimed(caseId: CaseId, by: Iin, atMs = startMs): ToldChange {
    return this.act({ caseId, type: 'registration.claim', payload: {}, by, atMs });
  }

  approved(caseId: CaseId, by: Iin): ToldChange {
    return this.act({ caseId, type: 'registration.approve', payload: { note: '' }, by });
  }

  /** Tells an act that was made elsewhere. */
  tell(caseId: CaseId, { actionId, envelope }: Act, receivedAtMs = startMs): ToldChange {
    const before = this.#cases.get(caseId) ?? { revision: 0, hash: caseHashStart };
    this.#position += 1;
    const actHash = sha256Hex(envelope);
    const revision = before.revision + 1;
    const hash = nextCaseHash(sha256, before.hash, actHash);
    this.#cases.set(caseId, { revision, hash });
    const { type, device, claimedAtMs } = JSON.parse(envelope) as { type: string; device: string; claimedAtMs: number };
    const act = { id: actionId, type, hash: actHash, device, claimedAtMs, receivedAtMs, leafIndex: this.#position };
    const cms = Buffer.from(`signature of ${actionId}`).toString('base64');
    return {
      position: this.#position,
      case: caseId,
      revision,
      hash,
      act,
      envelope,
      cms,
      signer: 'Серік',
    } as ToldChange;
  }
}
