import type { DeviceGrant, PolicyDocument, StaffGrant } from '../access/index.ts';
import { fromBase64, toHex, type Iin, type Result, type Sha256, type Sha256Hex } from '../kernel/index.ts';
import { momentText, renderShown, type ShownWords } from './shown.ts';
import { wordingOf, type SigningTexts } from './shown-act.ts';
import type { DeviceRecord } from './documents.ts';
import type { Locale, Profile } from './envelope.ts';

/** What a founding is about: what its statement names, and the records behind the hashes in it. */
export type ShownFounding = {
  readonly platform: string;
  readonly profile: Profile;
  readonly operatorName: string;
  readonly log: string;
  readonly keys: { readonly log: Sha256Hex; readonly logMlDsa44: Sha256Hex; readonly platform: Sha256Hex };
  readonly officers: readonly Iin[];
  readonly recovery: Iin;
  readonly foundedAtMs: number;
  readonly people: readonly StaffGrant[];
  readonly devices: readonly DeviceGrant[];
  readonly policy: PolicyDocument;
  readonly policyHash: string;
};

/** A hash in groups of four digits, as people compare it. */
export function groupsOf(hash: string): string {
  return hash.replaceAll(/.{4}(?=.)/gu, '$& ');
}

/** SHA-256 of the key of a device: what its own screen shows and two people compare. */
export function deviceFingerprint(sha256: Sha256, { publicKey }: Pick<DeviceRecord, 'publicKey'>): Sha256Hex {
  const bytes = fromBase64(publicKey);
  if (!bytes.ok) throw new Error('signing: the key of a parsed record is base64');
  return toHex(sha256(bytes.value)) as Sha256Hex;
}

function fill(words: ShownWords, id: string, values: Readonly<Record<string, string | undefined>>): string {
  const line = renderShown({ version: 1, lines: [words(id) ?? ''] }, values);
  return line.ok ? line.value.trimEnd() : '';
}

function personText(words: ShownWords, person: StaffGrant): string {
  const { name, iin, roles, certificates, validFromMs, validUntilMs } = person;
  return fill(words, 'founding.person', {
    ...{ name, iin },
    roles: roles.length === 0 ? words('none') : roles.map((role) => words(`job.${role}`) ?? role).join(', '),
    certificates: certificates.length === 0 ? words('none') : certificates.map(groupsOf).join('; '),
    from: momentText(validFromMs),
    until: validUntilMs === null ? words('no-end') : momentText(validUntilMs),
  });
}

/** The text that the people of a founding read before their cards sign: the same words at the ceremony and at every replay of the log. */
export function foundingText(
  texts: SigningTexts,
  founding: ShownFounding,
  place: { readonly locale: Locale; readonly version: number; readonly sha256: Sha256 },
): Result<string, 'shown-text-empty'> {
  const { locale, version, sha256 } = place;
  const { officers, recovery, people, devices, policy, keys } = founding;
  const words = wordingOf(texts, { locale, version });
  const textOf = (isShown: (iin: Iin) => boolean): readonly string[] =>
    people.filter(({ iin }) => isShown(iin)).map((person) => personText(words, person));
  const others = textOf((iin) => !officers.includes(iin) && iin !== recovery);
  return renderShown(
    { version, lines: (words('founding') ?? '').split('\n') },
    {
      demo: founding.profile === 'demo' ? words('demo') : undefined,
      platform: founding.platform,
      operator: founding.operatorName,
      log: founding.log,
      logKey: groupsOf(keys.log),
      mlDsa44Key: groupsOf(keys.logMlDsa44),
      platformKey: groupsOf(keys.platform),
      officers: officers.flatMap((officer) => textOf((iin) => iin === officer)),
      recovery: textOf((iin) => iin === recovery),
      othersTitle: others.length === 0 ? undefined : words('founding.others'),
      others,
      devicesTitle: devices.length === 0 ? undefined : words('founding.devices'),
      devices: devices.map(({ record }) => {
        const fingerprint = groupsOf(deviceFingerprint(sha256, record));
        const kind = words(`device.${record.kind}`) ?? record.kind;
        return fill(words, 'founding.device', { name: record.name, kind, device: record.device, fingerprint });
      }),
      noDevices: devices.length === 0 ? words('founding.no-devices') : undefined,
      policyVersion: String(policy.version),
      policyFrom: momentText(policy.effectiveFromMs),
      policyHash: groupsOf(founding.policyHash),
      foundedAt: momentText(founding.foundedAtMs),
    },
  );
}
