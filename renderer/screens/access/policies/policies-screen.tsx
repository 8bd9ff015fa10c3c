import { useState, type ReactNode } from 'react';
import type { PolicySummary, PolicyView } from '../../../../contracts/ipc/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import {
  Button,
  Empty,
  Fact,
  Facts,
  formatCount,
  formatTime,
  Hash,
  IconKey,
  IconPlus,
  RefusalBox,
  Segmented,
  Skeleton,
  State,
} from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords, type Words } from '../../../words/index.ts';
import { EntryFrame } from '../../entry-frame.tsx';
import { RowsTable } from '../../rows-table.tsx';
import { policyTones } from '../access-words.ts';
import { DiffTable, FieldsTable } from '../diff-table.tsx';
import { NameCell } from '../name-cell.tsx';

const columns = ['version', 'from', 'signers', 'state'] as const;

const signersOf = (words: Words, { signers }: PolicySummary): string =>
  signers.length === 0 ? words('policy.founding') : signers.map(({ name }) => name).join(', ');

function Cells({ policy }: { readonly policy: PolicySummary }): ReactNode {
  const words = useWords();
  return (
    <>
      <span role="cell" className="num">
        {formatCount(policy.version)}
      </span>
      <span role="cell" className="cut num">
        {formatTime(policy.effectiveFromMs)}
      </span>
      <span role="cell" className="people-name">
        <NameCell name={signersOf(words, policy)} />
      </span>
      <span role="cell" className="cut">
        <State tone={policyTones[policy.state]}>{words(`policy.state.${policy.state}`)}</State>
      </span>
    </>
  );
}

const asJson = (record: object): Json => record as unknown as Json;

function Policy({ view }: { readonly view: PolicyView }): ReactNode {
  const words = useWords();
  const { summary, document, before } = view;
  const [shown, setShown] = useState<'changes' | 'whole'>(before === null ? 'whole' : 'changes');
  return (
    <>
      <header className="case-head">
        <div className="case-line">
          <span className="quiet num">{words('policy.from', { time: formatTime(summary.effectiveFromMs) })}</span>
          <State tone={policyTones[summary.state]} isSoft>
            {words(`policy.state.${summary.state}`)}
          </State>
        </div>
        <h1>{words('policy.version', { version: summary.version })}</h1>
      </header>
      <div className="tab-body parts">
        <Facts isWide>
          <Fact name={words('policy.signers')}>{signersOf(words, summary)}</Fact>
          {summary.basis === '' ? null : <Fact name={words('propose.basis')}>{summary.basis}</Fact>}
          <Fact name={words('policy.hash')}>
            <Hash value={summary.hash} />
          </Fact>
        </Facts>
        {before === null ? null : (
          <Segmented
            label={words('policy.show')}
            choices={[
              { value: 'changes', label: words('policy.changes', { version: summary.version - 1 }) },
              { value: 'whole', label: words('policy.whole') },
            ]}
            value={shown}
            onChange={setShown}
          />
        )}
        {shown === 'changes' ? (
          <DiffTable label={words('policy.diff')} kind="policy" before={before} after={asJson(document)} />
        ) : (
          <FieldsTable label={words('policy.whole')} kind="policy" record={asJson(document)} />
        )}
      </div>
    </>
  );
}

function PolicyPanel({ version }: { readonly version: number }): ReactNode {
  const words = useWords();
  const answer = useAnswer('policies.get', { version });
  return (
    <EntryFrame label={words('policy.version', { version })} answer={answer} show={(view) => <Policy view={view} />} />
  );
}

/** Every version of the policy, newest first, each with what it changed. */
export function PoliciesScreen({ id }: { readonly id: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const answer = useAnswer('policies.list', null);
  const items = answer.state === 'here' ? answer.value.items : [];
  const version = items.find((item) => String(item.version) === id)?.version ?? null;
  return (
    <div className="journal policies">
      <section className="journal-left" aria-label={words('access.part.policies')}>
        <header className="journal-head">
          <h1>{words('access.part.policies')}</h1>
          <span className="quiet small">{words('policy.held')}</span>
          <Button
            icon={<IconPlus size={16} aria-hidden />}
            onClick={() => go({ page: 'access', part: 'propose-policy', id: null })}
          >
            {words('policy.propose')}
          </Button>
        </header>
        {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={6} /> : null}
        {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
        {answer.state === 'here' && items.length === 0 ? (
          <Empty
            icon={<IconKey size={28} aria-hidden />}
            title={words('policy.empty')}
            text={words('policy.emptyText')}
          />
        ) : null}
        {items.length === 0 ? null : (
          <RowsTable
            label={words('policy.table')}
            heads={columns.map((column) => words(`policy.column.${column}`))}
            rows={{ items, total: items.length, more: () => undefined }}
            cells={(policy) => <Cells policy={policy} />}
            keyOf={(policy) => policy.version}
            nameOf={({ version }) => words('policy.version', { version })}
            chosen={version}
            onChoose={(chosen) => go({ page: 'access', part: 'policies', id: String(chosen) })}
          />
        )}
      </section>
      {version === null ? (
        <div className="journal-none">
          <Empty
            icon={<IconKey size={28} aria-hidden />}
            title={words('policy.choose')}
            text={words('policy.chooseText')}
          />
        </div>
      ) : (
        <PolicyPanel key={version} version={version} />
      )}
    </div>
  );
}
