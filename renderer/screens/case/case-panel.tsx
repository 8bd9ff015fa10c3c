import type { ReactNode, Ref } from 'react';
import type { CaseView } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import { formatTime, RefusalBox, Shape, Skeleton, State, Tabs } from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { caseTones } from '../status-words.ts';
import { CaseEvidence } from './case-evidence.tsx';
import { ChecksTab } from './checks-tab.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { DocumentsTab } from './documents-tab.tsx';
import { HistoryTab } from './history-tab.tsx';

export type CaseTab = 'documents' | 'checks' | 'history';

function claimLine(words: Words, { claimedBy }: CaseView['summary']): string | null {
  if (claimedBy === null) return null;
  const time = formatTime(claimedBy.untilMs);
  return claimedBy.isMe ? words('case.claimMine', { time }) : words('case.claimUntil', { name: claimedBy.name, time });
}

function Head({ view }: { readonly view: CaseView }): ReactNode {
  const words = useWords();
  const { summary, form } = view;
  const claim = claimLine(words, summary);
  return (
    <header className="case-head">
      <div className="case-line">
        <span className="quiet num">{words('case.heading', { number: summary.number })}</span>
        <State tone={caseTones[summary.status]} isSoft>
          {words(`case-status.${summary.status}`)}
        </State>
      </div>
      <h1 className="selectable">{summary.name}</h1>
      <p className="quiet small num">
        {[
          words(`case.kind.${summary.kind}`),
          words(`case.role.${form.participantRole}`),
          words('case.submitted', { time: formatTime(summary.submittedAtMs) }),
        ].join(` ${words('unit.separator')} `)}
      </p>
      {claim === null ? null : <p className="small num">{claim}</p>}
    </header>
  );
}

function CheckMarks({ view }: { readonly view: CaseView }): ReactNode {
  const worst = view.checks.some(({ result }) => result === 'fail')
    ? 'bad'
    : view.checks.some(({ result }) => result === 'unknown')
      ? 'alarm'
      : 'good';
  return <Shape tone={worst} size={14} />;
}

/** What was submitted, with what was recorded on it here; what was checked; what happened. */
function CaseTabs({
  view,
  tab,
  onTab,
}: {
  readonly view: CaseView;
  readonly tab: CaseTab;
  readonly onTab: (tab: CaseTab) => void;
}): ReactNode {
  const words = useWords();
  return (
    <Tabs
      label={words('case.tabs')}
      value={tab}
      onChange={onTab}
      tabs={[
        {
          value: 'documents',
          label: words('case.tab.documents'),
          content: (
            <>
              <DocumentsTab form={view.form} />
              <CaseEvidence caseId={view.summary.id} />
            </>
          ),
        },
        {
          value: 'checks',
          label: words('case.tab.checks'),
          mark: <CheckMarks view={view} />,
          content: <ChecksTab checks={view.checks} />,
        },
        {
          value: 'history',
          label: words('case.tab.history'),
          mark: <span className="quiet num small">{view.history.length}</span>,
          content: <HistoryTab caseId={view.summary.id} history={view.history} />,
        },
      ]}
    />
  );
}

/** One case: what was submitted, what was checked, what happened; and beside it the decision. */
export function CasePanel(props: {
  readonly caseId: string;
  readonly tab: CaseTab;
  readonly onTab: (tab: CaseTab) => void;
  readonly onNext: () => void;
  readonly panelRef: Ref<HTMLDivElement>;
}): ReactNode {
  const words = useWords();
  const answer = useAnswer('cases.get', { id: props.caseId });
  if (answer.state === 'waiting') {
    return (
      <div className="case-wait">
        <Skeleton name={words('loading')} lines={9} />
      </div>
    );
  }
  if (answer.state === 'refused') {
    return (
      <div className="case-wait">
        <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge />
      </div>
    );
  }
  const view = answer.value;
  return (
    <>
      <section
        className="case"
        ref={props.panelRef}
        tabIndex={-1}
        aria-label={words('case.heading', { number: view.summary.number })}
      >
        <Head view={view} />
        <CaseTabs view={view} tab={props.tab} onTab={props.onTab} />
      </section>
      <DecisionPanel view={view} onNext={props.onNext} />
    </>
  );
}
