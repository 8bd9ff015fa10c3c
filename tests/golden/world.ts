import { controlDigit, toBase64, toHex, type ActionId, type Bin, type CaseId, type DeviceId, type Iin, type JournalEpoch, type PlatformId, type Sha256Hex } from '../../core/kernel/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { RegistrationForm } from '../../core/actions/index.ts';
import type { DeviceRecord, SignInChallenge, StaffRecord } from '../../core/signing/index.ts';
import { sha256, testKey } from '../support/index.ts';

// One invented platform. Its keys come from labels that everybody can read here: they are worth nothing.

export const platform = 'qazaq-alany' as PlatformId;
export const profile = 'production';
export const origin = `qorgan.${platform}`;
export const device = '6f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5' as DeviceId;
export const epoch = '1a2b3c4d-5e6f-4a1b-9c2d-3e4f5a6b7c8d' as JournalEpoch;
export const caseId = '0b9f8e7d-6c5b-4a39-8281-706f5e4d3c2b' as CaseId;
export const startMs = 1_795_400_000_000;

export const keys = {
  platform: testKey('qorgan golden platform key'),
  log: testKey('qorgan golden log key'),
  device: testKey('qorgan golden device key'),
  witness: testKey('qorgan golden witness key'),
} as const;

function numbered(firstEleven: string): string {
  return `${firstEleven}${controlDigit(firstEleven) ?? ''}`;
}

export const people = {
  registrar: { iin: numbered('85010135041') as Iin, name: 'Әбілқайырова Гүлнұр Өмірбекқызы' },
  reviewer: { iin: numbered('79112440012') as Iin, name: 'Қожахметов Ғалымжан Үсенұлы' },
} as const;

export function hashOf(label: string): Sha256Hex {
  return toHex(sha256(label)) as Sha256Hex;
}

export function actionId(number: number): ActionId {
  return `019a20c4-b400-7000-8000-${number.toString(16).padStart(12, '0')}` as ActionId;
}

export const form: RegistrationForm = {
  number: '2026-00418',
  kind: 'legal-entity',
  participantRole: 'buyer',
  language: 'kk',
  person: {
    iin: numbered('90030745098') as Iin,
    surname: 'Нұрғалиева',
    givenName: 'Айгерім',
    patronymic: 'Ерланқызы',
    birthDate: '1990-03-07',
    citizenship: 'KZ',
  },
  organisation: {
    bin: numbered('12054000789') as Bin,
    name: 'ЖШС «Көкжиек-Инвест» — 𐰴 "quoted" \\ back',
    authority: { basis: 'power-of-attorney', number: '17/к', validUntil: '2027-12-31' },
  },
  document: { kind: 'identity-card', number: '045678912', issuer: 'ҚР ІІМ', issuedOn: '2021-05-11', expiresOn: '2031-05-10' },
  contact: { phone: '+77015550123', email: 'aigerim@example.kz' },
  bankAccount: { iban: 'KZ75125KZT1001300335', bank: 'Еуразиялық банк' },
  identification: {
    method: 'platform-device',
    eds: null,
    face: { scorePermille: 914, thresholdPermille: 780, isLive: true, reference: 'document-chip' },
  },
  consents: [{ id: 'personal-data', version: 1, givenAtMs: startMs }],
  documents: [{ kind: 'identity-front', sha256: hashOf('front'), mediaType: 'image/jpeg', sizeBytes: 183_204 }],
};

export const deviceRecord: DeviceRecord = {
  form: 'qorgan.device/1',
  platform,
  profile,
  device,
  name: 'Терезе № 3',
  kind: 'workstation',
  publicKey: toBase64(keys.device.publicKey),
  epoch,
  enrolledAtMs: startMs,
};

export const staffRecord: StaffRecord = {
  form: 'qorgan.staff/1',
  platform,
  profile,
  iin: people.reviewer.iin,
  name: people.reviewer.name,
  roles: ['reviewer'],
  certificates: [hashOf('certificate of the reviewer')],
  validFromMs: startMs,
  validUntilMs: startMs + 31_536_000_000,
  basis: '№ 12-ж бұйрық, 2026-11-01',
};

export const policy: PolicyDocument = {
  form: 'qorgan.policy/1',
  platform,
  profile,
  version: 1,
  effectiveFromMs: startMs,
  access: {
    acts: {
      'registration.submit': ['registrar'],
      'registration.claim': ['reviewer'],
      'registration.release': ['reviewer'],
      'registration.return': ['reviewer'],
      'registration.approve': ['reviewer'],
      'registration.refuse': ['reviewer'],
    },
    reads: { registrar: ['registration'], reviewer: ['registration'], 'security-officer': ['registration', 'operations'] },
  },
  registration: { claimTtlMs: 1_800_000 },
  clock: { warnDriftMs: 5_000, refuseDriftMs: 120_000 },
  sync: { promiseDeadlineMs: 2_000, offlineTtlMs: 259_200_000 },
  signatures: { carriers: [], refusedPolicies: ['2.25.1'], crlAgeMaxMs: 86_400_000 },
};

export const challenge: SignInChallenge = {
  form: 'qorgan.sign-in/1',
  platform,
  profile,
  log: origin,
  device,
  nonce: toBase64(sha256('nonce')),
  issuedAtMs: startMs,
  expiresAtMs: startMs + 120_000,
};
