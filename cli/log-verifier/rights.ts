import { evolveRegistry, type RegistryState } from '../../core/access/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import type { Leaf } from '../../core/log/index.ts';
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
import { parseFoundingDocument, parseFoundingStatement, readFoundingRecord } from '../../contracts/documents/index.ts';
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

/**
 * Who may do what on a founded platform, as its founding and the accepted acts of the package leave it, in the order of the log. A fault is
 * wrong where the package holds all that speaks for the act; where something is missing, it is a doubt.
 */
export type Rights = {
  /** Takes a document of the platform key; answers false for one that counts for nothing, because cards grant since the founding. */
  readonly learn: (text: string, file: string) => boolean;
  /** Says that an entry of the log is in the package without what it said. */
  readonly miss: (leaf: Leaf) => void;
  /** Judges an act in the chain of a release, which is not the place that it claims: two people must have let it in there, once. */
  readonly judgeRelease: (act: PlacedAct) => boolean;
  /** Judges the right of an act, and answers whether it counts. Before the founding `byDocuments` says. */
  readonly judge: (act: PlacedAct, isLetIn: boolean, byDocuments: () => ByDocuments) => boolean;
  /** Folds an act that counts; `isSigned` where its signature holds beyond doubt. */
  readonly apply: (act: PlacedAct, isSigned: boolean) => void;
};

type ByDocuments = boolean | 'staff-absent' | 'policy-absent';
type Doubt = 'staff-absent' | 'policy-absent' | 'device-absent' | 'founding-absent' | 'case-absent' | 'release-absent';
type Fault = { readonly code: 'act-blocked' | 'act-right' | 'act-rule' | 'act-release'; readonly detail: string };

const ports = { sha256, texts, isSignedByCard };

/** Documents by which rights begin. */
const grantForms = new Map([
  ['qorgan.staff/1', 'record'],
  ['qorgan.policy/1', 'record'],
  ['qorgan.device/1', 'device'],
  ['qorgan.founding/1', 'founding'],
]);

export function createRights(of: {
  readonly findings: Findings;
  readonly platform: FoundingPlatform;
  /** True where the package begins after the first entry of the log, and holds of those before it what it says that acts stand on. */
  readonly isCut: boolean;
  /** False where it does not even say so of acts on rights. */
  readonly isTold: boolean;
}): Rights {
  const { findings, platform, isCut } = of;
  const cases = new Map<string, CaseFold>();
  /** Cases of which an act did not follow: named once. */
  const broken = new Set<string>();
  const released = new Set<string>();
  let records: FoundingRecord[] = [];
  let rights: RegistryState | undefined;
  /** False once something is missing that may have changed rights: nothing that follows is wrong by them, and nothing good. */
  let isSure = of.isTold || !isCut;
  let isSaid = false;

  function fail({ file }: Pick<PlacedAct, 'file'>, { code, detail }: Fault, absent?: Doubt): false {
    if (!isSure) findings.doubt('rights-unknown', file, detail);
    else if (absent !== undefined && isCut) findings.doubt(absent, file);
    else findings.find(code, file, detail);
    return false;
  }

  /** What was missing before an act is said once. */
  function pass({ file }: PlacedAct): true {
    if (!isSure && !isSaid) findings.doubt('rights-unknown', file);
    isSaid ||= !isSure;
    return true;
  }

  function judgeFounding(text: string): RegistryState | FoundingRefusal {
    const document = parseFoundingDocument(text);
    const statement = document.ok ? parseFoundingStatement(document.value.statement) : document;
    if (!document.ok || !statement.ok) return 'document-malformed';
    const base = judgeSignedFounding(document.value, statement.value, records, { platform, ports });
    return base.ok ? base.value : base.refusal.code;
  }

  function found(text: string, file: string): void {
    const judged = judgeFounding(text);
    if (typeof judged !== 'string') {
      rights = judged;
      records = [];
    } else if (judged === 'founding-records-differ' && (isCut || !isSure)) {
      findings.doubt('founding-unknown', file);
      isSure = false;
    } else findings.find('founding', file, judged);
  }

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

  function judgeUnfounded(act: PlacedAct, might: ByDocuments): boolean {
    if (act.envelope.type.startsWith('access.'))
      return fail(act, { code: 'act-right', detail: 'platform-not-founded' }, 'founding-absent');
    if (might === true) return pass(act);
    if (might === false) return fail(act, { code: 'act-right', detail: '' });
    findings.doubt(might, act.file);
    return false;
  }

  return {
    learn: (text, file) => {
      const kind = grantForms.get(textOf(fieldsOf(text, documentSizeMax)?.['form']));
      if (kind === undefined) return true;
      if (rights !== undefined) {
        // A device that asks for two people is no fault; whatever else the platform key signs alone is.
        if (kind !== 'device') findings.find('record-unconfirmed', file);
        return false;
      }
      if (kind === 'founding') found(text, file);
      else records.push(readFoundingRecord(text, sha256Hex(text)));
      return true;
    },
    miss: ({ kind, outcome }) => {
      if (kind === 'act' ? outcome === 'accepted' && rights !== undefined : rights === undefined) isSure = false;
    },
    judgeRelease: (act) => {
      const { leaf, envelope, hash } = act;
      const place = `${leaf.epoch}/${hash}`;
      const isLetIn = isReleased(leaf, envelope, { hash, rights }) && !released.has(place);
      const isNamed = leaf.epoch !== null && rights?.releases.has(leaf.epoch) === true;
      if (!isLetIn) fail(act, { code: 'act-release', detail: '' }, isNamed ? undefined : 'release-absent');
      released.add(place);
      return isLetIn;
    },
    judge: (act, isLetIn, byDocuments) => {
      if (rights === undefined) return judgeUnfounded(act, byDocuments());
      const { leaf, envelope } = act;
      const fault = faultOfRight(envelope, { rights, nowMs: leaf.receivedAtMs, isReleased: isLetIn });
      if (fault === undefined) return pass(act);
      const code = fault === 'actor-blocked' ? 'act-blocked' : 'act-right';
      return fail(act, { code, detail: fault }, absentOf(act, rights, fault));
    },
    apply: (act, isSigned) => {
      const { leaf, envelope, hash } = act;
      const { subject, type } = envelope;
      const policy = rights?.policies.find(({ record }) => record.version === envelope.policy)?.record;
      if (!type.startsWith('access.') || rights === undefined || policy === undefined) return;
      if (broken.has(subject.case)) return;
      const fold = cases.get(subject.case) ?? caseStart;
      const { receivedAtMs } = leaf;
      const folded = foldAct({ fold, envelope, hash, receivedAtMs, policy, rights, sha256 });
      isSure &&= isSigned;
      if (!folded.ok) {
        const isAbsent = fold === caseStart && subject.revision > 0;
        fail(act, { code: 'act-rule', detail: folded.refusal.code }, isAbsent ? 'case-absent' : undefined);
        if (isAbsent) isSure = false;
        broken.add(subject.case);
        return;
      }
      cases.set(subject.case, folded.value.fold);
      const { effect } = folded.value;
      if (effect !== undefined) rights = evolveRegistry(rights, effect, { source: act.file, sha256 });
    },
  };
}
