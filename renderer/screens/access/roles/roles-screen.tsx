import { useMemo, useState, type ReactNode } from 'react';
import type { PolicyView } from '../../../../contracts/ipc/index.ts';
import { accessMatrix, type AccessMatrix, type MatrixRight, type MatrixRow } from '../../../../core/access/index.ts';
import { useAnswer, useCommand } from '../../../bridge/index.ts';
import {
  Button,
  Empty,
  formatTime,
  IconCheck,
  IconDownload,
  IconKey,
  IconShieldCheck,
  IconSignature,
  IconFileText,
  Menu,
  Note,
  RefusalBox,
  Skeleton,
  State,
  type MenuItem,
} from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { FilterFace } from '../../filter-choice.tsx';
import { policyTones } from '../access-words.ts';
import { rowName } from './matrix-words.ts';

const rightIcons = {
  sign: IconSignature,
  propose: IconFileText,
  confirm: IconShieldCheck,
  read: IconCheck,
} as const;

function Right({ right }: { readonly right: MatrixRight }): ReactNode {
  const words = useWords();
  const Icon = rightIcons[right];
  return (
    <span className={`right right-${right}`}>
      <Icon size={14} aria-hidden />
      {words(`right.${right}`)}
    </span>
  );
}

function Row({ row, columns }: { readonly row: MatrixRow; readonly columns: AccessMatrix['columns'] }): ReactNode {
  const words = useWords();
  return (
    <tr>
      <th scope="row">{rowName(words, row)}</th>
      {row.cells.map((rights, at) => (
        <td key={columns[at]}>
          {rights.length === 0 ? (
            <span className="quiet" aria-label={words('right.none')} role="img">
              {words('right.dash')}
            </span>
          ) : (
            rights.map((right) => <Right key={right} right={right} />)
          )}
        </td>
      ))}
    </tr>
  );
}

const parts = ['act', 'change', 'read'] as const;

function Table({ matrix }: { readonly matrix: AccessMatrix }): ReactNode {
  const words = useWords();
  return (
    <div className="matrix-scroll" tabIndex={0} role="region" aria-label={words('matrix.table')}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{words('matrix.what')}</th>
            {matrix.columns.map((role) => (
              <th key={role} scope="col">
                {words.role(role)}
              </th>
            ))}
          </tr>
        </thead>
        {parts.map((part) => {
          const rows = matrix.rows.filter((row) => row.part === part);
          return rows.length === 0 ? null : (
            <tbody key={part}>
              <tr className="matrix-part">
                <th scope="rowgroup" colSpan={matrix.columns.length + 1}>
                  {words(`matrix.part.${part}`)}
                </th>
              </tr>
              {rows.map((row) => (
                <Row key={row.id} row={row} columns={matrix.columns} />
              ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

function Export({ version }: { readonly version: number }): ReactNode {
  const words = useWords();
  const save = useCommand('permissions.export');
  return (
    <>
      <Button
        icon={<IconDownload size={16} aria-hidden />}
        isBusy={save.isRunning}
        onClick={() => void save.run({ version })}
      >
        {words('matrix.export')}
      </Button>
      {save.refusal === null ? null : <RefusalBox refusal={save.refusal} />}
      {save.value?.isSaved === true ? (
        <span role="status">
          <State tone="good">{words('matrix.saved')}</State>
        </span>
      ) : null}
    </>
  );
}

function Matrix({ view }: { readonly view: PolicyView }): ReactNode {
  const words = useWords();
  const { summary, document } = view;
  const matrix = useMemo(() => accessMatrix(document), [document]);
  return (
    <>
      <div className="matrix-about">
        <State tone={policyTones[summary.state]}>{words(`policy.state.${summary.state}`)}</State>
        <span className="quiet small num">{words('policy.from', { time: formatTime(summary.effectiveFromMs) })}</span>
      </div>
      {matrix.rows.some(({ part }) => part === 'change') ? null : <Note>{words('matrix.noChanges')}</Note>}
      <Table matrix={matrix} />
    </>
  );
}

/** Who may do what, under which version of the policy. */
export function RolesScreen(): ReactNode {
  const words = useWords();
  const list = useAnswer('policies.list', null);
  const [chosen, setChosen] = useState<number | null>(null);
  const items = list.state === 'here' ? list.value.items : [];
  const inForce = items.find(({ state }) => state === 'in-force') ?? items[0];
  const version = chosen ?? inForce?.version ?? 0;
  const answer = useAnswer('policies.get', { version }, { isEnabled: version > 0, keep: true });
  const versions = items.map((item): MenuItem => ({
    kind: 'one-of',
    text: words('policy.versionState', { version: item.version, state: words(`policy.state.${item.state}`) }),
    isChosen: item.version === version,
    onChoose: () => setChosen(item.version),
  }));
  const face = words('policy.version', { version });
  return (
    <div className="sheet-page matrix-page">
      <header className="journal-head">
        <h1>{words('access.part.roles')}</h1>
        {version === 0 ? null : (
          <>
            <Menu name={face} face={<FilterFace text={face} />} className="text-button" items={versions} />
            <Export version={version} />
          </>
        )}
      </header>
      {list.state === 'refused' ? <RefusalBox refusal={list.refusal} onAgain={list.again} isLarge /> : null}
      {list.state === 'here' && items.length === 0 ? (
        <Empty
          icon={<IconKey size={28} aria-hidden />}
          title={words('policy.empty')}
          text={words('policy.emptyText')}
        />
      ) : null}
      {list.state === 'waiting' || (version > 0 && answer.state === 'waiting') ? (
        <Skeleton name={words('loading')} lines={10} />
      ) : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
      {answer.state === 'here' ? <Matrix view={answer.value} /> : null}
    </div>
  );
}
