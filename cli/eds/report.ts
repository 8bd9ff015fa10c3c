import { neutralised, type SignerReport, type SignerVerdict, type Stage, type Verdict } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { timeText, type Exit, type Fact } from '../kit/index.ts';
import { pair } from './input.ts';

/** VALID alone authorises; what nobody could tell is no refusal. */
export const exitOf: Readonly<Record<Verdict, Exit>> = { VALID: 0, INVALID: 1, INDETERMINATE: 2 };

type Facts = { readonly [name: string]: Fact };

const reasonText = (locale: Locale, { reason }: Pick<Stage, 'reason'>): string => words(locale, `eds.reason.${reason}`);

function stageFacts(locale: Locale, stages: readonly Stage[]): readonly Facts[] {
  return stages.map((stage) => ({ ...stage, text: reasonText(locale, stage) }));
}

/** What a verdict says for programs; with VALID nothing is the matter, so that there is no reason. */
export function verdictFacts(locale: Locale, judged: SignerVerdict): Facts {
  const { verdict, indication, subIndication } = judged;
  const matter = verdict === 'VALID' ? undefined : judged;
  return {
    verdict,
    reason: matter?.reason ?? null,
    stage: matter?.stage ?? null,
    text: matter === undefined ? words(locale, 'eds.verdict.VALID') : reasonText(locale, matter),
    indication,
    subIndication,
    referenceTime: timeText(judged.referenceTimeMs),
    stages: stageFacts(locale, judged.stages),
  };
}

/** One signer, or one holder of a certificate, for programs: as the certificate says, with the verdict on it. */
export function signerFacts(locale: Locale, judged: SignerVerdict): Facts {
  return {
    ...holderFacts(judged.signer),
    ...verdictFacts(locale, judged),
    timeStamps: judged.timeStamps.map(({ genTimeMs, ...stamp }) => ({
      ...stamp,
      genTime: genTimeMs === undefined ? null : timeText(genTimeMs),
      policy: stamp.policy ?? null,
      authority: stamp.authority ?? null,
    })),
    path: judged.evidence.path.map(({ sha256 }) => sha256),
    revocation: [...judged.evidence.revocationLists, ...judged.evidence.ocspResponses].map(({ sha256 }) => sha256),
  };
}

const holderNames = [
  'commonName',
  'surname',
  'givenName',
  'organisation',
  'iin',
  'iinCheck',
  'bin',
  'binCheck',
  'algorithm',
] as const;

function holderFacts(signer: SignerReport | undefined): Facts {
  const texts = Object.fromEntries(holderNames.map((name) => [name, signer?.[name] ?? null]));
  const isKnown = signer !== undefined;
  return {
    ...texts,
    roles: signer?.roles ?? [],
    carrier: signer?.carrier ?? null,
    policies: signer?.policies ?? [],
    signedAt: signer?.claimedAtMs === undefined ? null : timeText(signer.claimedAtMs),
    certificate: !isKnown
      ? null
      : {
          sha256: signer.certificateSha256,
          serial: signer.serial,
          issuer: signer.issuerName ?? null,
          notBefore: timeText(signer.notBeforeMs),
          notAfter: timeText(signer.notAfterMs),
        },
  };
}

/** The verdict in one line, in our words and in those of EN 319 102-1; a reason stands where something is the matter. */
export function verdictLine(locale: Locale, { verdict, reason, indication, subIndication }: SignerVerdict): string {
  const standard = [indication, subIndication].filter((part) => part !== '').join(', ');
  const why = verdict === 'VALID' ? '' : `: ${reasonText(locale, { reason })}`;
  return `${words(locale, `eds.verdict.${verdict}`)}${why} (${standard})`;
}

/** Who signed or may sign, and each stage with its mark, for people. */
export function signerLines(locale: Locale, judged: SignerVerdict): readonly string[] {
  return [...holderLines(locale, judged), ...stageLines(locale, judged.stages)];
}

const marks: Readonly<Record<Stage['outcome'], string>> = { PASS: '✓', FAIL: '✗', UNKNOWN: '?' };

function stageLines(locale: Locale, stages: readonly Stage[]): readonly string[] {
  return stages.map(
    (stage) => `  ${marks[stage.outcome]} ${words(locale, `eds.stage.${stage.name}`)}: ${reasonText(locale, stage)}`,
  );
}

function holderLines(locale: Locale, judged: SignerVerdict): readonly string[] {
  const { signer } = judged;
  if (signer === undefined) return [words(locale, 'cli.eds.signer-unknown')];
  const line = (id: Parameters<typeof pair>[1], value: string | undefined): readonly string[] =>
    value === undefined || value === '' ? [] : [`  ${pair(locale, id, neutralised(value))}`];
  const numberText = (number: string | undefined, check: SignerReport['iinCheck']): string | undefined =>
    check === 'wrong' ? words(locale, 'cli.eds.number-wrong', { number: number ?? '' }) : number;
  return [
    pair(
      locale,
      'cli.eds.holder',
      neutralised([signer.commonName, signer.givenName].filter((part) => part !== undefined).join(' ')),
    ),
    ...line('cli.eds.iin', numberText(signer.iin, signer.iinCheck)),
    ...line('cli.eds.organisation', signer.organisation),
    ...line('cli.eds.bin', numberText(signer.bin, signer.binCheck)),
    ...line('cli.eds.roles', signer.roles.map((role) => words(locale, `eds.role.${role}`)).join(', ')),
    ...line('cli.eds.carrier', words(locale, `eds.carrier.${signer.carrier}`)),
    ...line('cli.eds.policies', signer.policies.join(', ')),
    ...line('cli.eds.issuer', signer.issuerName),
    ...line('cli.eds.validity', `${timeText(signer.notBeforeMs)} – ${timeText(signer.notAfterMs)}`),
    ...line('cli.eds.serial', signer.serial),
    ...line('cli.eds.algorithm', signer.algorithm),
    ...line('cli.eds.signed-at', signer.claimedAtMs === undefined ? undefined : timeText(signer.claimedAtMs)),
    ...judged.timeStamps.flatMap((stamp) => line('cli.eds.time-stamp', stampText(locale, stamp))),
    ...line('cli.eds.reference-time', timeText(judged.referenceTimeMs)),
  ];
}

function stampText(locale: Locale, { genTimeMs, authority, reason }: SignerVerdict['timeStamps'][number]): string {
  const time = genTimeMs === undefined ? [] : [timeText(genTimeMs)];
  return [...time, ...(authority === undefined ? [] : [authority]), reasonText(locale, { reason })].join(', ');
}
