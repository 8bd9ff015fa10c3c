import { randomBytes, randomUUID } from 'node:crypto';
import { controlDigit, type ActionId, type CaseId, type Iin, type Sha256Hex } from '../../core/kernel/index.ts';
import type { ActPayloads, ActType, RegistrationForm } from '../../core/actions/index.ts';
import { envelopeText, type ActEnvelope } from '../../core/signing/index.ts';
import type { VaultOutput } from '../../contracts/vault-host/index.ts';
import { sha256Hex } from '../../native/vault-host/hash.ts';

/** A UUIDv7 of a moment. */
export function uuidV7(atMs: number): string {
  const time = atMs.toString(16).padStart(12, '0');
  const chance = randomBytes(10).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-8${chance.slice(3, 6)}-${chance.slice(6, 18)}`;
}

/** An IIN with a right control digit from a number. */
export function iinOf(n: number): Iin {
  for (let serial = n; ; serial += 1) {
    const eleven = `8501013${String(serial % 10_000).padStart(4, '0')}`;
    const digit = controlDigit(eleven);
    if (digit !== undefined) return `${eleven}${digit}` as Iin;
  }
}

export const registrar = iinOf(1_000);
export const reviewer = iinOf(2_000);

/** Stands in forms and notes of the tests; no file of a vault may contain it. */
export const marker = 'МАРКЕР-PLANTED-7f3a';

export function formOf(n: number): RegistrationForm {
  return {
    number: `2026-${String(n).padStart(5, '0')}`,
    kind: 'individual',
    participantRole: 'buyer',
    language: 'kk',
    person: {
      iin: iinOf(n),
      surname: 'Әбілқасымова',
      givenName: `Айгүл ${marker}`,
      patronymic: 'Серікқызы',
      birthDate: '1985-01-01',
      citizenship: 'KZ',
    },
    organisation: null,
    document: {
      kind: 'identity-card',
      number: '045123456',
      issuer: 'ІІМ',
      issuedOn: '2020-01-01',
      expiresOn: '2030-01-01',
    },
    contact: { phone: '+77011234567', email: 'aigul@example.kz' },
    bankAccount: { iban: 'KZ86125KZT5004100100', bank: 'Қазақстан Халық Банкі' },
    identification: {
      method: 'coid',
      eds: null,
      face: { scorePermille: 910, thresholdPermille: 800, isLive: true, reference: 'state-database' },
    },
    consents: [{ id: 'personal-data', version: 1, givenAtMs: 1_760_000_000_000 }],
    documents: [
      { kind: 'identity-front', sha256: 'a'.repeat(64) as Sha256Hex, mediaType: 'image/jpeg', sizeBytes: 120_000 },
    ],
  };
}

type Wish<Type extends ActType> = {
  readonly next: VaultOutput<'acts.next'>;
  readonly type: Type;
  readonly payload: ActPayloads[Type];
  readonly caseId: CaseId;
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly atMs: number;
  readonly iin?: Iin;
  readonly changes?: Readonly<Record<string, unknown>>;
};

/** The envelope text that main would build, and something in the place of its CMS. */
export function actOf<Type extends ActType>(
  wish: Wish<Type>,
): { readonly actionId: ActionId; readonly sequence: number; readonly envelope: string; readonly cms: string } {
  const { next, type, payload, caseId, revision, hash, atMs } = wish;
  const id = uuidV7(atMs) as ActionId;
  const envelope = {
    form: 'qorgan.act/1',
    platform: next.platform,
    profile: next.profile,
    log: next.logOrigin,
    ...{ id, type, schema: 1 },
    ...{ device: next.device, epoch: next.epoch, sequence: next.sequence, previous: next.previous },
    actor: { iin: wish.iin ?? registrar, certificate: sha256Hex('certificate') },
    claimedAtMs: atMs,
    boot: { id: 'boot-1', monotonicMs: 1_000 },
    policy: 1,
    treeHead: next.treeHead,
    subject: { case: caseId, revision, hash },
    payload,
    evidence: [],
    shown: { locale: 'kk', template: type, version: 1, hash: sha256Hex('shown') },
    client: 'qorgan/0.1.0',
    ...wish.changes,
  } as unknown as ActEnvelope;
  return {
    actionId: id,
    sequence: next.sequence,
    envelope: envelopeText(envelope),
    cms: randomBytes(96).toString('base64'),
  };
}

export const newCaseId = (): CaseId => randomUUID() as CaseId;
