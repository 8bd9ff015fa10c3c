import type { ReactNode } from 'react';
import type { PersonSummary } from '../../../../contracts/ipc/index.ts';
import type { OffsetRows } from '../../../bridge/index.ts';
import { formatDate, IconSignature, State, Tip } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { RowsTable } from '../../rows-table.tsx';
import { rolesWords, standingTones } from '../access-words.ts';
import { NameCell } from '../name-cell.tsx';

const columns = ['name', 'number', 'roles', 'until', 'standing'] as const;

function Waiting({ count }: { readonly count: number }): ReactNode {
  const words = useWords();
  if (count === 0) return null;
  const name = words('people.waiting', { count });
  return (
    <Tip text={name}>
      <span className="row-mark tone-waiting" role="img" aria-label={name}>
        <IconSignature size={14} aria-hidden />
      </span>
    </Tip>
  );
}

function Cells({ person }: { readonly person: PersonSummary }): ReactNode {
  const words = useWords();
  const { contract, employeeNumber, validUntilMs } = person;
  return (
    <>
      <span role="cell" className="people-name">
        <NameCell name={person.name} />
        {person.isMe ? <span className="quiet small">{words('people.me')}</span> : null}
        <Waiting count={person.waiting} />
      </span>
      <span
        role="cell"
        className="cut num"
        title={contract === null ? undefined : words('people.contractor', { number: contract.number })}
      >
        {contract?.number ?? employeeNumber ?? ''}
      </span>
      <span role="cell" className="cut small" title={rolesWords(words, person.roles)}>
        {rolesWords(words, person.roles)}
      </span>
      <span role="cell" className={validUntilMs === null ? 'cut quiet small' : 'cut num small'}>
        {validUntilMs === null ? words('value.noEnd') : formatDate(validUntilMs - 1)}
      </span>
      <span role="cell" className="cut">
        <State tone={standingTones[person.standing]}>{words(`standing.${person.standing}`)}</State>
      </span>
    </>
  );
}

export function PeopleTable(props: {
  readonly people: OffsetRows<PersonSummary>;
  readonly iin: string | null;
}): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <RowsTable
      label={words('people.table')}
      heads={columns.map((column) => words(`people.column.${column}`))}
      rows={props.people}
      cells={(person) => <Cells person={person} />}
      keyOf={(person) => person.iin}
      nameOf={(person) => `${person.name}, ${words(`standing.${person.standing}`)}`}
      chosen={props.iin}
      onChoose={(iin) => go({ page: 'access', part: 'people', id: iin })}
      pageStep={15}
    />
  );
}
