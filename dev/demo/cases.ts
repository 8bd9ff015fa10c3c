import type { RegistrationForm } from '../../core/actions/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { Chance } from './chance.ts';
import { banks, organisations, people, type NamedPerson } from './names.ts';
import { daysFrom, makeBin, makeIban, makeIin } from './numbers.ts';

/** What is the matter with a case, so that a reviewer has something to find; `none` for most. */
const troubles = [
  'none',
  'none',
  'none',
  'document-expired',
  'none',
  'face-below',
  'none',
  'none',
  'not-live',
  'none',
  'none',
  'under-age',
  'none',
  'eds-invalid',
  'none',
  'none',
  'consent-missing',
  'none',
  'authority-expired',
  'none',
  'none',
  'duplicate',
  'none',
  'none',
  'birth-date',
  'none',
  'document-photo',
  'none',
  'none',
  'eds-other',
  'none',
  'none',
  'expires-soon',
  'none',
  'authority-no-date',
  'none',
  'none',
  'eds-indeterminate',
  'none',
  'none',
] as const;
type Trouble = (typeof troubles)[number];

type Draft = {
  readonly chance: Chance;
  readonly nowMs: number;
  readonly trouble: Trouble;
  readonly who: NamedPerson;
  readonly isEntity: boolean;
};

function personOf({ chance, nowMs, trouble, who }: Draft): RegistrationForm['person'] {
  const years = trouble === 'under-age' ? 17 : chance.between(21, 64);
  const birthDate = daysFrom(nowMs, -Math.floor(years * 365.25) - chance.between(5, 300));
  const iin = makeIin(chance, birthDate, who.isWoman);
  const { surname, givenName, patronymic } = who;
  const written =
    trouble === 'birth-date' ? `${birthDate.slice(0, 8)}${birthDate.endsWith('-11') ? '12' : '11'}` : birthDate;
  return { iin, surname, givenName, patronymic, birthDate: written, citizenship: 'KAZ' };
}

function documentOf({ chance, nowMs, trouble, who }: Draft): RegistrationForm['document'] {
  const leftDays =
    trouble === 'document-expired'
      ? -chance.between(3, 60)
      : trouble === 'expires-soon'
        ? 12
        : chance.between(200, 3_200);
  return {
    kind: chance.next() < 0.9 ? 'identity-card' : 'passport',
    number: `0${chance.digits(8)}`,
    issuer: who.language === 'kk' ? 'ҚР Ішкі істер министрлігі' : 'Министерство внутренних дел РК',
    issuedOn: daysFrom(nowMs, leftDays - 3_650),
    expiresOn: daysFrom(nowMs, leftDays),
  };
}

function organisationOf(draft: Draft, name: string): RegistrationForm['organisation'] {
  const { chance, nowMs, trouble } = draft;
  const isPower = trouble === 'authority-expired' || trouble === 'authority-no-date' || chance.next() < 0.3;
  const validUntil =
    trouble === 'authority-expired'
      ? daysFrom(nowMs, -9)
      : trouble === 'authority-no-date'
        ? null
        : daysFrom(nowMs, 300);
  const authority = isPower
    ? ({ basis: 'power-of-attorney', number: `№ ${chance.between(10, 240)}-Д`, validUntil } as const)
    : ({ basis: 'head', number: `№ ${chance.between(1, 40)}-б`, validUntil: null } as const);
  return { bin: makeBin(chance), name, authority };
}

function identificationOf({ chance, trouble, who }: Draft): RegistrationForm['identification'] {
  const isEds = trouble.startsWith('eds') || (chance.next() < 0.35 && trouble === 'none');
  const verdict = trouble === 'eds-invalid' ? 'invalid' : trouble === 'eds-indeterminate' ? 'indeterminate' : 'valid';
  const subject = trouble === 'eds-other' ? 'ТІЛЕУБЕРГЕНОВ САНЖАР' : `${who.surname} ${who.givenName}`.toUpperCase();
  if (isEds) return { method: 'eds', eds: { certificate: chance.hex(64) as Sha256Hex, subject, verdict }, face: null };
  const score = trouble === 'face-below' ? chance.between(310, 520) : chance.between(690, 930);
  return {
    method: trouble === 'document-photo' || chance.next() < 0.5 ? 'platform-device' : 'coid',
    eds: null,
    face: {
      scorePermille: score,
      thresholdPermille: 640,
      isLive: trouble !== 'not-live',
      reference:
        trouble === 'document-photo' ? 'document-photo' : chance.next() < 0.6 ? 'state-database' : 'document-chip',
    },
  };
}

function documentsOf(draft: Draft): RegistrationForm['documents'] {
  const kinds = [
    'identity-front',
    'identity-back',
    'face-frame',
    'bank-statement',
    ...(draft.isEntity ? (['authority'] as const) : []),
  ] as const;
  return kinds.map((kind) => ({
    kind,
    sha256: draft.chance.hex(64) as Sha256Hex,
    mediaType: kind === 'authority' || kind === 'bank-statement' ? 'application/pdf' : 'image/jpeg',
    sizeBytes: draft.chance.between(48_000, 1_900_000),
  }));
}

function consentsOf({ nowMs, trouble }: Draft): RegistrationForm['consents'] {
  const ids =
    trouble === 'consent-missing'
      ? (['personal-data', 'retention'] as const)
      : (['personal-data', 'biometrics', 'retention'] as const);
  return ids.map((id) => ({ id, version: 3, givenAtMs: nowMs - 3_600_000 }));
}

const latin: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    ә: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    ғ: 'g',
    д: 'd',
    е: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    й: 'i',
    к: 'k',
    қ: 'q',
    л: 'l',
    м: 'm',
  },
  ...{
    н: 'n',
    ң: 'n',
    о: 'o',
    ө: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    у: 'u',
    ұ: 'u',
    ү: 'u',
    ф: 'f',
    х: 'h',
    ш: 'sh',
    ы: 'y',
    і: 'i',
    ц: 'ts',
    ч: 'ch',
    щ: 'sh',
    э: 'e',
    ю: 'yu',
    я: 'ya',
  },
};

function mailbox(who: NamedPerson): string {
  const spell = (word: string): string => [...word.toLowerCase()].map((letter) => latin[letter] ?? '').join('');
  return `${spell(who.givenName)}.${spell(who.surname)}@example.kz`;
}

function formOf(draft: Draft, number: string, organisationName: string | undefined): RegistrationForm {
  const { chance, who } = draft;
  const bank = chance.pick(banks);
  return {
    number,
    kind: organisationName === undefined ? 'individual' : 'legal-entity',
    participantRole: chance.next() < 0.75 ? 'buyer' : 'seller',
    language: who.language,
    person: personOf(draft),
    organisation: organisationName === undefined ? null : organisationOf(draft, organisationName),
    document: documentOf(draft),
    contact: {
      phone: `+7${chance.pick(['701', '702', '705', '707', '747', '775', '777'])}${chance.digits(7)}`,
      email: mailbox(who),
    },
    bankAccount: { iban: makeIban(chance, bank.code), bank: bank.name },
    identification: identificationOf(draft),
    consents: consentsOf(draft),
    documents: documentsOf(draft),
  };
}

/** Registrations as a registrar brings them in on an ordinary week; the same seed and time give the same forms. */
export function makeCases(options: {
  readonly seed: number;
  readonly nowMs: number;
  readonly count: number;
}): readonly RegistrationForm[] {
  const chance = new Chance(options.seed);
  const forms: RegistrationForm[] = [];
  for (let i = 0; i < options.count; i += 1) {
    const trouble = troubles[i % troubles.length] ?? 'none';
    const isEntity = trouble.startsWith('authority') || i % 4 === 2;
    const organisation = isEntity ? organisations[Math.floor(i / 4) % organisations.length] : undefined;
    const speakers =
      organisation === undefined ? people : people.filter(({ language }) => language === organisation.language);
    const who = speakers[(i * 7 + Math.floor(i / people.length)) % speakers.length] ?? chance.pick(people);
    const number = `${new Date(options.nowMs).getUTCFullYear()}-${String(381 + i).padStart(5, '0')}`;
    const form = formOf({ chance, nowMs: options.nowMs, trouble, who, isEntity }, number, organisation?.name);
    const first = forms[2];
    // A double registration: the person of an earlier case comes again.
    forms.push(
      trouble === 'duplicate' && first !== undefined
        ? { ...form, person: first.person, language: first.language }
        : form,
    );
  }
  return forms;
}
