import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { callSafely, useBridge, type CaseFilter } from '../bridge/index.ts';
import type { LogFilter, PeopleQuest, ScreenInput } from '../../contracts/ipc/index.ts';
import type { ReasonCode } from '../../core/actions/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import type { AlarmDraft } from './access/proposal/alarm-draft.ts';
import type { DeviceDraft } from './access/proposal/device-draft.ts';
import type { ProposalDraft } from './access/proposal/draft.ts';
import type { PolicyDraft } from './access/proposal/policy-draft.ts';
import type { ReleaseDraft } from './access/proposal/release-draft.ts';
import type { ReviewDraft } from './access/proposal/review-draft.ts';

/** A decision that is being thought about; it lives in this window only and is gone when it is signed or the shift ends. */
export type DecisionDraft = {
  readonly kind: 'approve' | 'return' | 'refuse' | null;
  readonly reasons: readonly ReasonCode[];
  readonly note: string;
};

/** What is thought of a change that waits for a second signature. */
export type ChangeDraft = { readonly kind: 'confirm' | 'decline' | 'withdraw' | null; readonly note: string };

/** A change of rights that is being thought about. */
export type AnyProposal = ProposalDraft | AlarmDraft | DeviceDraft | PolicyDraft | ReviewDraft | ReleaseDraft;

export const emptyDraft: DecisionDraft = { kind: null, reasons: [], note: '' };
const emptyChangeDraft: ChangeDraft = { kind: null, note: '' };

/** Every act that a screen may ask to sign. */
export type AnyDraft = ScreenInput<'acts.sign'>;

/** What drafts and outcomes are remembered by: the case, or the person of a change that has no case yet. */
export function matterOf(draft: AnyDraft): string {
  if (draft.type === 'access.propose') return matterOfChange(draft.change);
  return draft.type === 'access.block' ? matterOfPerson(draft.iin) : draft.caseId;
}

function matterOfChange(change: Extract<AnyDraft, { type: 'access.propose' }>['change']): string {
  if (change.kind === 'staff') return matterOfPerson(change.before === null ? null : change.record.iin);
  if (change.kind === 'release') return matterOfRelease(change.iin);
  if (change.kind === 'alarm') return matterOfAlarm(change.leaf);
  return change.kind === 'device' ? matterOfDevice(change.id) : change.kind;
}

export const matterOfRelease = (iin: string): string => `release ${iin}`;

export const matterOfAlarm = (leaf: string): string => `alarm ${leaf}`;
export const matterOfDevice = (id: string): string => `device ${id}`;

/** `null` for somebody who has no record yet. */
export const matterOfPerson = (iin: string | null): string => `person ${iin ?? 'new'}`;

/** How the last signing on a case ended. */
export type Outcome =
  | { readonly kind: 'signed'; readonly type: AnyDraft['type']; readonly sequence: number; readonly actionId: string }
  | { readonly kind: 'refused'; readonly type: AnyDraft['type']; readonly refusal: Refusal }
  | { readonly kind: 'cancelled'; readonly type: AnyDraft['type'] };

/** What is looked for in the central log. */
export type LogQuest = {
  readonly query: string;
  readonly kinds: LogFilter['kinds'];
  readonly outcomes: LogFilter['outcomes'];
  readonly period: 'any' | 'today' | 'week' | 'month' | 'year';
};

/** Which changes are listed. */
export type ChangesView = ScreenInput<'changes.list'>['view'];

type Memory = {
  readonly peopleQuest: PeopleQuest;
  readonly setPeopleQuest: (change: Partial<PeopleQuest>) => void;
  readonly changesView: ChangesView;
  readonly setChangesView: (view: ChangesView) => void;
  readonly changeDraftOf: (caseId: string) => ChangeDraft;
  readonly setChangeDraft: (caseId: string, draft: ChangeDraft) => void;
  readonly proposalOf: (matter: string) => AnyProposal | undefined;
  readonly setProposal: (matter: string, draft: AnyProposal | undefined) => void;
  readonly logQuest: LogQuest;
  readonly setLogQuest: (change: Partial<LogQuest>) => void;
  readonly filter: CaseFilter;
  readonly setFilter: (change: Partial<CaseFilter>) => void;
  readonly draftOf: (caseId: string) => DecisionDraft;
  readonly setDraft: (caseId: string, change: Partial<DecisionDraft>) => void;
  /** The act whose prompt is open now; one at a time. */
  readonly signing: AnyDraft | null;
  readonly outcomeOf: (caseId: string) => Outcome | undefined;
  readonly forgetOutcome: (caseId: string) => void;
  readonly sign: (draft: AnyDraft) => Promise<void>;
};

const MemoryContext = createContext<Memory | undefined>(undefined);

/** What the screens remember while a person walks between them. */
export function useMemory(): Memory {
  const memory = useContext(MemoryContext);
  if (memory === undefined) throw new Error('memory: no provider above');
  return memory;
}

function useRecord<T>(): readonly [Readonly<Record<string, T>>, (key: string, value: T | undefined) => void] {
  const [record, setRecord] = useState<Readonly<Record<string, T>>>({});
  const set = useCallback((key: string, value: T | undefined) => {
    setRecord((before) => {
      const { [key]: _, ...rest } = before;
      return value === undefined ? rest : { ...rest, [key]: value };
    });
  }, []);
  return [record, set];
}

function useSigning(
  clearDraft: (matter: string) => void,
): Pick<Memory, 'signing' | 'outcomeOf' | 'forgetOutcome' | 'sign'> {
  const bridge = useBridge();
  const [signing, setSigning] = useState<AnyDraft | null>(null);
  const [outcomes, setOutcome] = useRecord<Outcome>();
  const sign = async (draft: AnyDraft): Promise<void> => {
    if (signing !== null) return;
    const { type } = draft;
    const matter = matterOf(draft);
    setSigning(draft);
    setOutcome(matter, undefined);
    const result = await callSafely(bridge, 'acts.sign', draft);
    setSigning(null);
    if (result.ok) {
      setOutcome(matter, { kind: 'signed', type, sequence: result.value.sequence, actionId: result.value.actionId });
      if (type !== 'registration.claim') clearDraft(matter);
      return;
    }
    const isCancelled = result.refusal.code === 'cancelled';
    setOutcome(matter, isCancelled ? { kind: 'cancelled', type } : { kind: 'refused', type, refusal: result.refusal });
  };
  return {
    signing,
    outcomeOf: (caseId) => outcomes[caseId],
    forgetOutcome: (caseId) => setOutcome(caseId, undefined),
    sign,
  };
}

const firstQuest: LogQuest = { query: '', kinds: [], outcomes: [], period: 'any' };

const firstPeople: PeopleQuest = {
  query: '',
  roles: [],
  standings: [],
  onlyContractors: false,
  onlyEndingSoon: false,
  sort: 'name',
};

const firstFilter: CaseFilter = { view: 'needs-me', statuses: [], query: '', sort: 'oldest' };

export function MemoryProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [filter, setFilter] = useState(firstFilter);
  const [logQuest, setQuest] = useState(firstQuest);
  const [drafts, setDraft] = useRecord<DecisionDraft>();
  const [changeDrafts, setChangeDraft] = useRecord<ChangeDraft>();
  const [proposals, setProposal] = useRecord<AnyProposal>();
  const [peopleQuest, setPeople] = useState(firstPeople);
  const [changesView, setChangesView] = useState<ChangesView>('for-me');
  const signing = useSigning((matter) => {
    setDraft(matter, undefined);
    setChangeDraft(matter, undefined);
    setProposal(matter, undefined);
  });
  const memory = useMemo<Memory>(
    () => ({
      filter,
      setFilter: (change) => setFilter((before) => ({ ...before, ...change })),
      logQuest,
      setLogQuest: (change) => setQuest((before) => ({ ...before, ...change })),
      draftOf: (caseId) => drafts[caseId] ?? emptyDraft,
      setDraft: (caseId, change) => setDraft(caseId, { ...(drafts[caseId] ?? emptyDraft), ...change }),
      peopleQuest,
      setPeopleQuest: (change) => setPeople((before) => ({ ...before, ...change })),
      changesView,
      setChangesView,
      changeDraftOf: (caseId) => changeDrafts[caseId] ?? emptyChangeDraft,
      setChangeDraft,
      proposalOf: (matter) => proposals[matter],
      setProposal,
      ...signing,
    }),
    [
      filter,
      logQuest,
      drafts,
      setDraft,
      peopleQuest,
      changesView,
      changeDrafts,
      setChangeDraft,
      proposals,
      setProposal,
      signing,
    ],
  );
  return <MemoryContext value={memory}>{children}</MemoryContext>;
}
