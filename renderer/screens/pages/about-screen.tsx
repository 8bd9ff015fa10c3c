import type { ReactNode } from 'react';
import { useAnswer } from '../../bridge/index.ts';
import { Fact, Facts } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

const clauses = ['57-4', '57-8', '57-9', '57-17', '57-26'] as const;

/** What this is, and on which clauses of which rules it stands (57-1). */
export function AboutScreen(): ReactNode {
  const words = useWords();
  const app = useAnswer('app.get', null);
  if (app.state !== 'here') return null;
  const { operatorName, device, profile, version } = app.value;
  return (
    <div className="sheet-page sheet-narrow">
      <h1>{words('about.title')}</h1>
      <section className="box">
        <p>{words('about.what')}</p>
        <Facts isWide>
          <Fact name={words('about.operator')}>{operatorName ?? words('connection.never')}</Fact>
          <Fact name={words('about.device')}>
            {device === null ? words('connection.never') : device.name}{' '}
            {device === null ? null : <span className="mono quiet">{device.id}</span>}
          </Fact>
          <Fact name={words('about.profile')}>
            {profile === null ? words('connection.never') : words(`about.profile.${profile}`)}
          </Fact>
          <Fact name={words('connection.version')}>
            <span className="num">{version}</span>
          </Fact>
        </Facts>
        <p className="quiet small">{words('about.licence')}</p>
      </section>
      <section className="box">
        <h2>{words('about.basis')}</h2>
        <p>{words('about.basisText')}</p>
        <dl className="clauses">
          {clauses.map((clause) => (
            <div key={clause}>
              <dt className="num">{clause}</dt>
              <dd>{words(`about.${clause}`)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
