import type { ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../../bridge/index.ts';
import { Button, formatDate, Note, Part, RefusalBox, Skeleton, State } from '../../../kit/index.ts';
import type { AccountPart } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { ChangeList } from '../change-list.tsx';
import { LiveRefusal } from '../live-refusal.tsx';
import { AccountNav } from '../part-nav.tsx';
import { May } from '../people/person-audit.tsx';
import { PersonRecord } from '../people/person-record.tsx';
import { Sessions } from './sessions.tsx';

/** A password is entered in the sealed prompt alone, by its owner: there is nothing here to type it into. */
function Password(): ReactNode {
  const words = useWords();
  const change = useCommand('password.change');
  return (
    <section className="box">
      <Part title={words('account.password')}>
        <p className="quiet">{words('account.passwordText')}</p>
        <div>
          <Button isBusy={change.isRunning} onClick={() => void change.run(null)}>
            {words('account.changePassword')}
          </Button>
        </div>
        {change.refusal === null ? null : <LiveRefusal refusal={change.refusal} />}
        {!change.isDone ? null : (
          <span role="status">
            <State tone="good">{words('account.passwordChanged')}</State>
          </span>
        )}
      </Part>
    </section>
  );
}

type Record = ReturnType<typeof useAnswer<'people.get'>>;

/** When the own right ends soon, and who does something about it. */
function Ending({ person: { summary } }: { readonly person: PersonView }): ReactNode {
  const words = useWords();
  if (!summary.endsSoon || summary.validUntilMs === null) return null;
  return <Note tone="waiting">{words('account.endsSoon', { date: formatDate(summary.validUntilMs) })}</Note>;
}

function OwnRecord({ answer }: { readonly answer: Record }): ReactNode {
  const words = useWords();
  if (answer.state === 'waiting') return <Skeleton name={words('loading')} lines={8} />;
  if (answer.state === 'refused') return <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge />;
  return (
    <section className="box account-record">
      <Ending person={answer.value} />
      <PersonRecord person={answer.value} />
      <div className="tab-body parts">
        <May person={answer.value} />
      </div>
    </section>
  );
}

/** A password is changed whatever becomes of the record. Its history is there for readers of rights. */
function Own({ iin }: { readonly iin: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('people.get', { iin });
  return (
    <div className="account-columns">
      <OwnRecord answer={answer} />
      <div className="account-side">
        <Note>{words('account.ownRecord')}</Note>
        <Password />
        {answer.state === 'here' && answer.value.changes.length > 0 ? (
          <section className="box">
            <Part title={words('account.changes')}>
              <ChangeList changes={answer.value.changes} />
            </Part>
          </section>
        ) : null}
      </div>
    </div>
  );
}

/** What the platform holds about the person of this shift, and where he is signed in. */
export function AccountScreen({ part }: { readonly part: AccountPart }): ReactNode {
  const words = useWords();
  const app = useAnswer('app.get', null);
  const staff = app.state === 'here' ? app.value.staff : null;
  return (
    <div className="parts-page">
      <AccountNav part={part} />
      <div className="sheet-page">
        <h1>{words(`account.part.${part}`)}</h1>
        {part === 'sessions' ? (
          <div className="sessions-page">
            <Sessions />
          </div>
        ) : null}
        {part === 'record' && staff !== null ? <Own iin={staff.iin} /> : null}
      </div>
    </div>
  );
}
