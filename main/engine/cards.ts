import { ok, parseIin, refuse, type Iin, type Refusal, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type {
  CardCertificate,
  DeviceHostContract,
  SignatureMechanism,
  TokenState,
} from '../../contracts/device-host/index.ts';
import type { CertificateView, StatusView } from '../../contracts/ipc/index.ts';
import {
  btsDigitalRoles,
  defaultSuite,
  nationalRoles,
  parseCertificate,
  rolesOf,
  type Certificate,
  sha256Hex,
} from '../../eds/index.ts';
import type { SupervisedHost } from '../hosts/index.ts';
import type { Engine, Shift } from './context.ts';
import { certificateJudge, type CertificateJudge } from './trust.ts';

export type Devices = SupervisedHost<DeviceHostContract>;

/** A key pair on a card as the journal's slots use it. */
export type SlotKeyOnCard = {
  readonly keyId: string;
  readonly certificate: Sha256Hex;
  readonly publicKey: Uint8Array;
  readonly use: 'decrypt' | 'agree';
};

/** A certificate on a card that was read, with all that signing by it takes. */
export type CardSigner = {
  /** Opaque for pages: changes with the card and the reader. */
  readonly id: string;
  readonly token: TokenState;
  readonly keyId: string;
  readonly certificateDer: Uint8Array;
  readonly certificate: Certificate;
  readonly sha256: Sha256Hex;
  readonly mechanism: SignatureMechanism | undefined;
  /** Family of the key, as the verifier names it; `undefined` where it is not known. */
  readonly algorithm: string | undefined;
  readonly iin: Iin | undefined;
  /** What unlocks a journal slot on the same card; absent on a card that only signs. */
  readonly slotKeys: readonly SlotKeyOnCard[];
  readonly unusable: Refusal | null;
};

/** How a key of each family signs. */
const mechanisms: Readonly<Record<string, SignatureMechanism>> = {
  rsa: 'rsa-pkcs1-sha256',
  'ec-p256': 'ecdsa-p256-sha256',
  'ec-p384': 'ecdsa-p384-sha384',
  'gost-2015-256': 'gost-2015-256',
  'gost-2015-512': 'gost-2015-512',
  'gost-2004': 'gost-2004',
};

type ReadCertificate = { readonly card: CardCertificate; readonly certificate: Certificate };

function readAll(cards: readonly CardCertificate[]): readonly ReadCertificate[] {
  return cards.flatMap((card) => {
    const certificate = parseCertificate(card.certificateDer);
    return certificate.ok ? [{ card, certificate: certificate.value }] : [];
  });
}

function isForSigning({ card, certificate }: ReadCertificate): boolean {
  const usage = certificate.extensions.keyUsage;
  return (
    card.usableFor.sign &&
    (usage === undefined || usage.includes('nonRepudiation') || usage.includes('digitalSignature'))
  );
}

function slotKeyOf({ card, certificate }: ReadCertificate): SlotKeyOnCard[] {
  const usage = certificate.extensions.keyUsage;
  const isForKeys = usage === undefined || usage.includes('keyEncipherment') || usage.includes('keyAgreement');
  const use = card.usableFor.decrypt ? 'decrypt' : card.usableFor.agree ? 'agree' : undefined;
  if (!isForKeys || use === undefined) return [];
  return [
    {
      keyId: card.keyId,
      certificate: certificate.sha256 as Sha256Hex,
      publicKey: certificate.subjectPublicKeyInfo,
      use,
    },
  ];
}

type Judging = { readonly judge: CertificateJudge; readonly nowMs: number };

/** Why nobody should be offered this certificate, in the order in which a person would want to know. */
function unusableBecause(
  token: TokenState,
  signer: Omit<CardSigner, 'unusable'>,
  { judge, nowMs }: Judging,
): Refusal | null {
  if (signer.iin === undefined) return { code: 'certificate-without-iin' };
  if (nowMs > signer.certificate.notAfterMs) return { code: 'certificate-expired' };
  if (nowMs < signer.certificate.notBeforeMs) return { code: 'certificate-not-yet-valid' };
  const reason = judge(signer.certificate, nowMs);
  if (reason !== undefined) return { code: 'certificate-not-accepted', details: { reason } };
  if (signer.mechanism === undefined || !token.mechanisms.includes(signer.mechanism))
    return { code: 'mechanism-unsupported' };
  if (token.attempts === 'locked') return { code: 'pin-locked' };
  return null;
}

function signersOf(token: TokenState, cards: readonly CardCertificate[], judging: Judging): readonly CardSigner[] {
  const all = readAll(cards);
  const slotKeys = all.flatMap(slotKeyOf);
  return all.filter(isForSigning).map(({ card, certificate }) => {
    const iin = parseIin(certificate.subject.iin ?? '');
    const { reference } = token;
    const algorithm = defaultSuite.loadKey(certificate.subjectPublicKeyInfo)?.family;
    const signer = {
      id: sha256Hex(
        `${reference.moduleId}\n${reference.slotId}\n${reference.serial}\n${card.keyId}\n${certificate.sha256}`,
      ).slice(0, 32),
      token,
      keyId: card.keyId,
      certificateDer: certificate.der,
      certificate,
      sha256: certificate.sha256 as Sha256Hex,
      mechanism: algorithm === undefined ? undefined : mechanisms[algorithm],
      algorithm,
      iin: iin.ok ? iin.value : undefined,
      slotKeys,
    };
    return { ...signer, unusable: unusableBecause(token, signer, judging) };
  });
}

/** What the readers show now. A card that cannot be read is left out; of whole modules it is said why. */
export type CardsSeen = {
  readonly signers: readonly CardSigner[];
  readonly tokens: readonly TokenState[];
  readonly failedModules: StatusView['failedModules'];
};

/** What the readers of this workstation show now. */
export function seeCards(engine: Engine): Promise<Result<CardsSeen>> {
  return readCards(engine.devices, { judge: certificateJudge(engine), nowMs: engine.options.clock.nowMs() });
}

/** Reads every card that is in. Asks no PIN. */
export async function readCards(devices: Devices, judging: Judging): Promise<Result<CardsSeen>> {
  const listed = await devices.call('tokens.list', {});
  if (!listed.ok) return listed;
  const signers: CardSigner[] = [];
  for (const token of listed.value.tokens) {
    const certificates = await devices.call('certificates.list', { token: token.reference });
    if (certificates.ok) signers.push(...signersOf(token, certificates.value.certificates, judging));
  }
  const failedModules = listed.value.modules.flatMap(({ id, state }) =>
    state === 'loaded' ? [] : [{ id, code: state }],
  );
  return ok({ signers, tokens: listed.value.tokens, failedModules });
}

/** The signer that a page named, as its card is now: attempts left may have changed, the card may be gone. */
export async function findSigner(engine: Engine, id: string): Promise<Result<CardSigner>> {
  const seen = await seeCards(engine);
  if (!seen.ok) return seen;
  const signer = seen.value.signers.find((one) => one.id === id);
  if (signer === undefined) return refuse('card-absent');
  return signer.unusable === null ? ok(signer) : { ok: false, refusal: signer.unusable };
}

/** The card of this shift as it is now; another reader is as good, another certificate is not. */
export async function cardOfShift(engine: Engine, shift: Pick<Shift, 'signer'>): Promise<Result<CardSigner>> {
  const seen = await seeCards(engine);
  if (!seen.ok) return seen;
  const signer = seen.value.signers.find(({ sha256 }) => sha256 === shift.signer.sha256);
  if (signer === undefined) return refuse('card-absent');
  return signer.unusable === null ? ok(signer) : { ok: false, refusal: signer.unusable };
}

/** What the picker and the prompt show of a signer. */
export function certificateView(signer: CardSigner, opensJournal: boolean): CertificateView {
  const { certificate, token } = signer;
  const issuer = certificate.issuer.attributes.find(({ oid }) => oid === '2.5.4.3')?.value ?? '';
  const roles = new Set([...rolesOf(certificate, nationalRoles), ...rolesOf(certificate, btsDigitalRoles)]);
  return {
    id: signer.id,
    tokenLabel: token.label,
    commonName: certificate.subject.commonName ?? '',
    iin: certificate.subject.iin ?? null,
    bin: certificate.subject.bin ?? null,
    organisation: certificate.subject.organisation ?? null,
    certificateRoles: [...roles],
    issuer,
    algorithm: signer.algorithm ?? null,
    notAfterMs: certificate.notAfterMs,
    sha256: signer.sha256,
    attempts: token.attempts,
    hasPinPad: token.hasPinPad,
    unusable: signer.unusable,
    opensJournal,
  };
}
