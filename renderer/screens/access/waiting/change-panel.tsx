import type { ReactNode } from 'react';
import type { ChangeView } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { Fact, Facts, formatTime, IdentityNumber, Part, RefusalBox, Skeleton, State } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { changeTones, changeWords, rolesWords, subjectWords } from '../access-words.ts';
import { BlockedActState, BlockedActWords, useDeviceNames } from '../blocked-act.tsx';
import { DiffTable } from '../diff-table.tsx';
import { OpeningFacts } from '../opening-facts.tsx';
import type { RecordKind } from '../field-words.ts';
import { ChangeDecision } from './change-decision.tsx';

const recordKinds: Readonly<Partial<Record<string, RecordKind>>> = {
  staff: 'staff',
  device: 'device',
  policy: 'policy',
};

/** Whom a review keeps and whom it revokes; who loses his rights comes first. */
function Review({ people }: Pick<ChangeView, 'people'>): ReactNode {
  const words = useWords();
  const sorted = people.toSorted((a, b) => (a.decision === b.decision ? 0 : a.decision === 'revoke' ? -1 : 1));
  return (
    <table className="diff" aria-label={words('change.review')}>
      <thead>
        <tr>
          <th scope="col">{words('people.column.name')}</th>
          <th scope="col">{words('people.column.roles')}</th>
          <th scope="col">{words('change.decision')}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((person) => (
          <tr key={person.iin}>
            <th scope="row">{person.name}</th>
            <td>{rolesWords(words, person.roles)}</td>
            <td>
              <State tone={person.decision === 'keep' ? 'good' : 'bad'}>
                {words(`change.decision.${person.decision}`)}
              </State>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is let in: each act by what its signed text names it by. */
function Release({ view: { acts, summary } }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const deviceName = useDeviceNames();
  return (
    <>
      <p>{words('change.releaseText', { name: summary.subject })}</p>
      <ul className="plain-list blocked-acts" aria-label={words('change.release')}>
        {acts.map((act) => (
          <li key={act.hash} className="blocked-act">
            <BlockedActWords act={act} deviceName={deviceName(act.device)} />
            {act.told === null ? null : <BlockedActState told={act.told} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function What({ view }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const kind = recordKinds[view.summary.kind];
  if (view.summary.kind === 'review') return <Review people={view.people} />;
  if (view.summary.kind === 'release') return <Release view={view} />;
  if (view.opening !== null) return <OpeningFacts opening={view.opening} />;
  if (kind === undefined) return <p>{words('change.blockText', { name: view.summary.subject })}</p>;
  return <DiffTable label={words('change.diff')} kind={kind} before={view.before} after={view.after} />;
}

function Head({ view: { summary } }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  return (
    <header className="case-head">
      <div className="case-line">
        <span className="quiet">{words(`change.kind.${summary.kind}`)}</span>
        <State tone={changeTones[summary.state]} isSoft>
          {words(`change.state.${summary.state}`)}
        </State>
      </div>
      <h1 className="selectable">{subjectWords(words, summary)}</h1>
      <p className="quiet small num">
        {changeWords(words, summary)} {words('unit.separator')} {formatTime(summary.proposedAtMs)}
      </p>
    </header>
  );
}

function Change({ view }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const { summary, end } = view;
  return (
    <>
      <section className="case" aria-label={subjectWords(words, summary)}>
        <Head view={view} />
        <div className="tab-body parts change-body" tabIndex={0} role="region" aria-label={words('change.diff')}>
          <Part title={words('change.diff')}>
            <What view={view} />
          </Part>
          <Part title={words('change.why')}>
            <Facts isWide>
              <Fact name={words('change.author')}>
                {summary.author.name}{' '}
                <span className="quiet small">{<IdentityNumber value={summary.author.iin} />}</span>
              </Fact>
              <Fact name={words('propose.reason')}>{summary.reason}</Fact>
              <Fact name={words('propose.basis')}>{view.basis}</Fact>
              <Fact name={words('change.policy')}>
                <span className="num">{words('policy.version', { version: view.policyVersion })}</span>
              </Fact>
            </Facts>
          </Part>
          {end === null ? null : (
            <Part title={words('change.end')}>
              <Facts isWide>
                <Fact name={words(`change.state.${summary.state}`)}>
                  <span className="num">
                    {end.by.name}, {formatTime(end.atMs)}
                  </span>
                </Fact>
                {end.note === '' ? null : <Fact name={words('change.note')}>{end.note}</Fact>}
              </Facts>
            </Part>
          )}
        </div>
      </section>
      <ChangeDecision view={view} />
    </>
  );
}

/** One change: what it does field by field, why, and beside it what this person may do with it. */
export function ChangePanel({ caseId }: { readonly caseId: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('changes.get', { caseId });
  if (answer.state === 'here') return <Change view={answer.value} />;
  return (
    <div className="case-wait">
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={9} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge /> : null}
    </div>
  );
}
