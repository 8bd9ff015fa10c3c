import { useState, type ReactNode } from 'react';
import { useAnswer } from '../../bridge/index.ts';
import { Button, formatIdentityNumber, RadioList, RefusalBox, TextField } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

/** As many as are told apart at a glance; more are found by typing on. */
const shownMax = 6;

/** One person of the registry who is in force, found by name, IIN or number. */
export function PersonPicker(props: {
  readonly label: string;
  /** IIN; empty for nobody yet. */
  readonly chosen: string;
  readonly onChoose: (iin: string) => void;
  readonly fault?: string | undefined;
}): ReactNode {
  const words = useWords();
  const { chosen, onChoose } = props;
  const [query, setQuery] = useState('');
  const quest = { query, roles: [], standings: ['active' as const], onlyContractors: false, onlyEndingSoon: false };
  const found = useAnswer('people.list', { ...quest, sort: 'name', offset: 0, limit: shownMax }, { keep: true });
  const held = useAnswer('people.get', { iin: chosen }, { isEnabled: chosen !== '' });
  if (chosen !== '')
    return (
      <div className="propose-fixed">
        <span className="field-name">{props.label}</span>
        <span className="picked">
          <span>
            {held.state === 'here' ? held.value.record.name : ''}{' '}
            <span className="quiet small num">{formatIdentityNumber(chosen)}</span>
          </span>
          <Button tone="quiet" onClick={() => onChoose('')}>
            {words('picker.other')}
          </Button>
        </span>
      </div>
    );
  const people = found.state === 'here' ? found.value.items : [];
  return (
    <div className="picker">
      <TextField
        label={props.label}
        placeholder={words('people.search')}
        value={query}
        onChange={setQuery}
        lengthMax={120}
        {...(props.fault === undefined ? {} : { fault: props.fault })}
      />
      {found.state === 'refused' ? <RefusalBox refusal={found.refusal} onAgain={found.again} /> : null}
      {found.state === 'here' && people.length === 0 ? <p className="quiet small">{words('picker.nobody')}</p> : null}
      <RadioList
        label={words('picker.found')}
        choices={people.map(({ iin, name, employeeNumber, contract }) => ({
          value: iin,
          label: name,
          hint: [formatIdentityNumber(iin), employeeNumber ?? contract?.number ?? ''].join(
            ` ${words('unit.separator')} `,
          ),
        }))}
        value={null}
        onChange={onChoose}
      />
      {found.state === 'here' && found.value.total > shownMax ? (
        <p className="quiet small">{words('picker.more', { count: found.value.total - shownMax })}</p>
      ) : null}
    </div>
  );
}
