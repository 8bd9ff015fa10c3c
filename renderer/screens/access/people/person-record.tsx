import type { ReactNode } from 'react';
import type { PersonView, StaffRecordView } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import {
  Fact,
  Facts,
  formatDate,
  formatTime,
  Hash,
  IconCertificate,
  IdentityNumber,
  Note,
  Part,
  State,
  Time,
} from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { rolesWords, standingTones } from '../access-words.ts';
import { BlockedActsPart, type BlockedActs } from './blocked-acts.tsx';

function Contract({ contract }: Pick<StaffRecordView, 'contract'>): ReactNode {
  const words = useWords();
  if (contract === null) return null;
  return (
    <Part title={words('person.contract')}>
      <Facts isWide>
        <Fact name={words('field.staff.contract.number')}>{contract.number}</Fact>
        <Fact name={words('field.staff.contract.party')}>{contract.party}</Fact>
        <Fact name={words('field.staff.contract.scope')}>{contract.scope}</Fact>
      </Facts>
    </Part>
  );
}

/** The certificates that act for a person; one whose card is in a reader here is told by what its card says. */
export function Certificates({ hashes }: { readonly hashes: readonly string[] }): ReactNode {
  const words = useWords();
  const cards = useAnswer('certificates.list', null);
  const known = cards.state === 'here' ? cards.value : [];
  return (
    <Part title={words('person.certificates')}>
      {hashes.length === 0 ? <p className="quiet">{words('person.noCertificates')}</p> : null}
      <ul className="plain-list cert-list">
        {hashes.map((hash) => {
          const card = known.find(({ sha256 }) => sha256 === hash);
          return (
            <li key={hash}>
              <IconCertificate size={16} aria-hidden className="shape tone-quiet" />
              <span>
                <Hash value={hash} />
                {card === undefined ? null : (
                  <span className="quiet small">
                    {' '}
                    {words('person.cardHere', { label: card.tokenLabel, date: formatDate(card.notAfterMs) })}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

function Standing({ person }: { readonly person: PersonView }): ReactNode {
  const words = useWords();
  const { record, summary, block } = person;
  return (
    <Part title={words('person.standing')}>
      {block === null ? null : (
        <Note tone="waiting">
          {words('person.blockedBy', { name: block.by.name, time: formatTime(block.atMs), reason: block.reason })}
        </Note>
      )}
      <Facts isWide>
        <Fact name={words('person.now')}>
          <State tone={standingTones[summary.standing]}>{words(`standing.${summary.standing}`)}</State>
        </Fact>
        <Fact name={words('field.staff.validFromMs')}>
          <Time atMs={record.validFromMs} />
        </Fact>
        <Fact name={words('field.staff.validUntilMs')}>
          {record.validUntilMs === null ? words('value.noEnd') : <Time atMs={record.validUntilMs} />}
        </Fact>
        <Fact name={words('person.reviewed')}>
          {summary.reviewedAtMs === null ? (
            <span className="quiet">{words('person.neverReviewed')}</span>
          ) : (
            <Time atMs={summary.reviewedAtMs} />
          )}
        </Fact>
      </Facts>
    </Part>
  );
}

/** The record as it stands: who, with which roles and certificates, from when to when. */
export function PersonRecord({
  person,
  blocked = null,
}: {
  readonly person: PersonView;
  readonly blocked?: BlockedActs | null;
}): ReactNode {
  const words = useWords();
  const { record } = person;
  return (
    <div className="tab-body parts">
      {person.summary.isVerified ? null : <Note>{words('person.notVerified')}</Note>}
      <BlockedActsPart acts={blocked} />
      <Part title={words('person.record')}>
        <Facts isWide>
          <Fact name={words('field.staff.name')}>{record.name}</Fact>
          <Fact name={words('id.iin')}>
            <IdentityNumber value={record.iin} />
          </Fact>
          {record.employeeNumber === null ? null : (
            <Fact name={words('field.staff.employeeNumber')}>
              <span className="num">{record.employeeNumber}</span>
            </Fact>
          )}
          <Fact name={words('field.staff.roles')}>{rolesWords(words, record.roles)}</Fact>
        </Facts>
      </Part>
      <Contract contract={record.contract} />
      <Standing person={person} />
      <Certificates hashes={record.certificates} />
    </div>
  );
}
