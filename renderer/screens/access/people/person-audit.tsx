import { useMemo, type ReactNode } from 'react';
import type { PersonAct, PersonView } from '../../../../contracts/ipc/index.ts';
import { accessMatrix, rightsOf, type HeldRight } from '../../../../core/access/index.ts';
import { useAnswer, usePersonActs } from '../../../bridge/index.ts';
import { Button, formatCount, Part, RefusalBox, Skeleton, State, Time } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { actStateWords, actTones } from '../../status-words.ts';
import { rowName } from '../roles/matrix-words.ts';

function Rights({ rights }: { readonly rights: readonly HeldRight[] }): ReactNode {
  const words = useWords();
  return (
    <ul className="rights">
      {rights.map((right) => (
        <li key={`${right.part} ${right.id}`}>
          <span>{rowName(words, right)}</span>
          <span className="quiet small">{right.rights.map((one) => words(`right.${one}`)).join(', ')}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the policy lets this person do at this moment; nothing for one who is not in force. */
export function May({ person }: { readonly person: PersonView }): ReactNode {
  const words = useWords();
  const { policyVersion: version, summary, record } = person;
  const answer = useAnswer('policies.get', { version });
  const rights = useMemo(
    () => (answer.state === 'here' ? rightsOf(accessMatrix(answer.value.document), record.roles) : []),
    [answer, record.roles],
  );
  return (
    <Part title={words('audit.may')}>
      <p className="quiet small">{words('audit.byPolicy', { version })}</p>
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={3} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
      {summary.standing === 'active' ? null : <p>{words(`audit.notInForce.${summary.standing}`)}</p>}
      {summary.standing === 'active' ? <Rights rights={rights} /> : null}
    </Part>
  );
}

function Act({ act }: { readonly act: PersonAct }): ReactNode {
  const words = useWords();
  const go = useGo();
  const open = (): void =>
    act.type.startsWith('access.')
      ? go({ page: 'access', part: 'waiting', id: act.caseId })
      : go({ page: 'queue', caseId: act.caseId });
  return (
    <li className="audit-act">
      <span className="quiet small">
        <Time atMs={act.atMs} />
      </span>
      <span>
        {words.act(act.type)}{' '}
        <button type="button" className="text-button audit-subject" onClick={open}>
          <span className="cut">{act.subject}</span>
        </button>
      </span>
      <State tone={actTones[act.state]}>{actStateWords(words, act.state, act.logIndex)}</State>
    </li>
  );
}

function Did({ iin }: { readonly iin: string }): ReactNode {
  const words = useWords();
  const acts = usePersonActs(iin);
  const isEmpty = !acts.isWaiting && acts.refusal === null && acts.items.length === 0;
  return (
    <Part title={words('audit.did', { count: formatCount(acts.total) })}>
      {acts.isWaiting ? <Skeleton name={words('loading')} lines={5} /> : null}
      {acts.refusal === null ? null : <RefusalBox refusal={acts.refusal} onAgain={acts.again} />}
      {isEmpty ? <p className="quiet">{words('audit.nothing')}</p> : null}
      <ul className="plain-list">
        {acts.items.map((act) => (
          <Act key={act.actionId} act={act} />
        ))}
      </ul>
      {acts.hasMore ? (
        <Button isBusy={acts.isFetching} onClick={acts.more}>
          {words('audit.earlier')}
        </Button>
      ) : null}
    </Part>
  );
}

/** Everything that a person did and may do. */
export function PersonAudit({ person }: { readonly person: PersonView }): ReactNode {
  return (
    <div className="tab-body parts">
      <May person={person} />
      <Did iin={person.record.iin} />
    </div>
  );
}
