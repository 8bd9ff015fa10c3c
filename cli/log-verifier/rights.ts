import { alarmsOf, evolveRegistry, type LoggedOpening, type RegistryState } from '../../core/access/index.ts';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { leafHash, type Leaf } from '../../core/log/index.ts';
import {
  caseStart,
  faultOfRight,
  foldAct,
  isReleased,
  judgeSignedFounding,
  type CaseFold,
  type FoundingPlatform,
  type FoundingRecord,
  type FoundingRefusal,
} from '../../core/replay/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import {
  breakGlassDocument,
  parseFoundingDocument,
  parseFoundingStatement,
  readFoundingRecord,
} from '../../contracts/documents/index.ts';
import { isSignedByCard, sha256, sha256Hex } from '../../eds/index.ts';
import { signingTexts as texts } from '../../locales/signing/index.ts';
import { documentSizeMax, fieldsOf, textOf } from './documents.ts';
import type { Findings } from './findings.ts';

/** An accepted act at its place of the log; `hash` is that of its envelope. */
export type PlacedAct = {
  readonly file: string;
  readonly leaf: Leaf;
  readonly envelope: ActEnvelope;
  readonly hash: Sha256Hex;
};

type ByDocuments = boolean | 'staff-absent' | 'policy-absent';
type Doubt = 'staff-absent' | 'policy-absent' | 'device-absent' | 'founding-absent' | 'case-absent' | 'release-absent';
type Fault = { readonly code: 'act-blocked' | 'act-right' | 'act-rule' | 'act-release'; readonly detail: string };

const ports = { sha256, texts, isSignedByCard };

/** Documents by which rights begin, and of which acts on rights speak. */
const grantForms = new Map([
  ['qorgan.staff/1', 'record'],
  ['qorgan.policy/1', 'record'],
  ['qorgan.device/1', 'device'],
  ['qorgan.founding/1', 'founding'],
  ['qorgan.break-glass/1', 'opening'],
]);

/** What the package lacks, where the fault is that something is not in it. */
function absentOf(
  { envelope: { actor, device } }: PlacedAct,
  { people, devices }: RegistryState,
  fault: string,
): Doubt | undefined {
  if (fault === 'policy-unknown') return 'policy-absent';
  if (fault === 'device-unknown' && !devices.has(device)) return 'device-absent';
  return fault === 'actor-unknown' && !people.has(actor.iin) ? 'staff-absent' : undefined;
}

/** A document that the leaf at `index` opened; `leaf` is its text. */
export type LearntDocument = {
  readonly text: string;
  readonly file: string;
  readonly leaf: string;
  readonly index: number;
};

export type RightsOptions = {
  readonly findings: Findings;
  readonly platform: FoundingPlatform;
  /** True where the package begins after the first entry of the log, and holds of those before it what it says that acts stand on. */
  readonly isCut: boolean;
  /** False where it does not even say so of acts on rights. */
  readonly isTold: boolean;
};

/**
 * Who may do what on a founded platform, as its founding and the accepted acts of the package leave it, in the order of the log. A fault is
 * wrong where the package holds all that speaks for the act; where something is missing, it is a doubt.
 */
export class Rights {
  readonly #findings: Findings;
  readonly #platform: FoundingPlatform;
  readonly #isCut: boolean;
  readonly #cases = new Map<string, CaseFold>();
  /** Cases of which an act did not follow: named once. */
  readonly #broken = new Set<string>();
  readonly #released = new Set<string>();
  readonly #openings: LoggedOpening[] = [];
  #records: FoundingRecord[] = [];
  #rights: RegistryState | undefined;
  /** False once something is missing that may have changed rights: nothing that follows is wrong by them, and nothing good. */
  #isSure: boolean;
  #isSaid = false;

  constructor({ findings, platform, isCut, isTold }: RightsOptions) {
    this.#findings = findings;
    this.#platform = platform;
    this.#isCut = isCut;
    this.#isSure = isTold || !isCut;
  }

  /** Takes a document of the platform key; answers false for one that counts for nothing, because cards grant since the founding. */
  learn({ text, file, leaf, index }: LearntDocument): boolean {
    const kind = grantForms.get(textOf(fieldsOf(text, documentSizeMax)?.['form']));
    if (kind === undefined) return true;
    if (kind === 'opening') return this.#open(text, leaf, index);
    if (this.#rights !== undefined) {
      // A device that asks for two people is no fault; whatever else the platform key signs alone is.
      if (kind !== 'device') this.#findings.find('record-unconfirmed', file);
      return false;
    }
    if (kind === 'founding') this.#found(text, file);
    else this.#records.push(readFoundingRecord(text, sha256Hex(text)));
    return true;
  }

  /** Says that an entry of the log is in the package without what it said. */
  miss({ kind, outcome }: Leaf): void {
    const isFounded = this.#rights !== undefined;
    if (kind === 'act' ? outcome === 'accepted' && isFounded : !isFounded) this.#isSure = false;
  }

  /** Judges an act in the chain of a release, which is not the place that it claims: two people must have let it in there, once. */
  judgeRelease(act: PlacedAct): boolean {
    const { leaf, envelope, hash } = act;
    const place = `${leaf.epoch}/${hash}`;
    const isLetIn = isReleased(leaf, envelope, { hash, rights: this.#rights }) && !this.#released.has(place);
    const isNamed = leaf.epoch !== null && this.#rights?.releases.has(leaf.epoch) === true;
    this.#released.add(place);
    return isLetIn || this.#fail(act, { code: 'act-release', detail: '' }, isNamed ? undefined : 'release-absent');
  }

  /** Judges the right of an act, and answers whether it counts. Before the founding `byDocuments` says. */
  judge(act: PlacedAct, isLetIn: boolean, byDocuments: () => ByDocuments): boolean {
    const { leaf, envelope } = act;
    const rights = this.#rights;
    if (rights === undefined) return this.#judgeUnfounded(act, byDocuments());
    const fault = faultOfRight(envelope, { rights, nowMs: leaf.receivedAtMs, isReleased: isLetIn });
    if (fault === undefined) return this.#pass(act);
    const code = fault === 'actor-blocked' ? 'act-blocked' : 'act-right';
    return this.#fail(act, { code, detail: fault }, absentOf(act, rights, fault));
  }

  /** Folds an act that counts; `isSigned` where its signature holds beyond doubt. */
  apply(act: PlacedAct, isSigned: boolean): void {
    const { leaf, envelope, hash } = act;
    const { subject, type } = envelope;
    const rights = this.#rights;
    const policy = rights?.policies.find(({ record }) => record.version === envelope.policy)?.record;
    if (!type.startsWith('access.') || rights === undefined || policy === undefined) return;
    if (this.#broken.has(subject.case)) return;
    const fold = this.#cases.get(subject.case) ?? caseStart;
    const { receivedAtMs } = leaf;
    const folded = foldAct({ fold, envelope, hash, receivedAtMs, policy, rights, sha256 });
    this.#isSure &&= isSigned;
    if (!folded.ok) {
      const isAbsent = fold === caseStart && subject.revision > 0;
      this.#fail(act, { code: 'act-rule', detail: folded.refusal.code }, isAbsent ? 'case-absent' : undefined);
      if (isAbsent) this.#isSure = false;
      this.#broken.add(subject.case);
      return;
    }
    this.#cases.set(subject.case, folded.value.fold);
    const { effect } = folded.value;
    if (effect !== undefined) this.#rights = evolveRegistry(rights, effect, { source: act.file, sha256 });
  }

  #fail({ file }: PlacedAct, { code, detail }: Fault, absent?: Doubt): false {
    if (!this.#isSure) this.#findings.doubt('rights-unknown', file, detail);
    else if (absent !== undefined && this.#isCut) this.#findings.doubt(absent, file);
    else this.#findings.find(code, file, detail);
    return false;
  }

  /** What was missing before an act is said once. */
  #pass({ file }: PlacedAct): true {
    if (!this.#isSure && !this.#isSaid) this.#findings.doubt('rights-unknown', file);
    this.#isSaid ||= !this.#isSure;
    return true;
  }

  #judgeUnfounded(act: PlacedAct, might: ByDocuments): boolean {
    if (act.envelope.type.startsWith('access.'))
      return this.#fail(act, { code: 'act-right', detail: 'platform-not-founded' }, 'founding-absent');
    if (might === true) return this.#pass(act);
    if (might === false) return this.#fail(act, { code: 'act-right', detail: '' });
    this.#findings.doubt(might, act.file);
    return false;
  }

  #found(text: string, file: string): void {
    const judged = this.#judgeFounding(text);
    if (typeof judged !== 'string') {
      this.#rights = { ...judged, alarms: alarmsOf(this.#openings, judged.alarms) };
      this.#records = [];
    } else if (judged === 'founding-records-differ' && (this.#isCut || !this.#isSure)) {
      this.#findings.doubt('founding-unknown', file);
      this.#isSure = false;
    } else this.#findings.find('founding', file, judged);
  }

  /** An opening of the emergency account, whose alarm two people close. */
  #open(text: string, leaf: string, leafIndex: number): true {
    const record = breakGlassDocument.safeParse(JSON.parse(text));
    if (record.success)
      this.#openings.push({ leaf: toHex(leafHash(sha256, leaf)) as Sha256Hex, leafIndex, record: record.data });
    const rights = this.#rights;
    if (rights !== undefined) this.#rights = { ...rights, alarms: alarmsOf(this.#openings, rights.alarms) };
    return true;
  }

  #judgeFounding(text: string): RegistryState | FoundingRefusal {
    const document = parseFoundingDocument(text);
    const statement = document.ok ? parseFoundingStatement(document.value.statement) : document;
    if (!document.ok || !statement.ok) return 'document-malformed';
    const options = { platform: this.#platform, ports };
    const base = judgeSignedFounding(document.value, statement.value, this.#records, options);
    return base.ok ? base.value : base.refusal.code;
  }
}
