import { useState, type ReactNode } from 'react';
import type { CertificateView } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import {
  Empty,
  formatDate,
  IconChevronRight,
  IconCreditCardOff,
  IdentityNumber,
  RefusalBox,
  Skeleton,
  State,
  type Tone,
} from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';

const attemptTones: Readonly<Record<CertificateView['attempts'], Tone>> = {
  ok: 'good',
  'count-low': 'alarm',
  'final-try': 'alarm',
  locked: 'bad',
};

function Person({ certificate }: { readonly certificate: CertificateView }): ReactNode {
  const words = useWords();
  return (
    <>
      <span className="certificate-name">{certificate.commonName}</span>
      <span className="certificate-line num">
        {certificate.iin === null ? null : (
          <span>
            {words('id.iin')} <IdentityNumber value={certificate.iin} />
          </span>
        )}
        {certificate.bin === null ? null : (
          <span>
            {words('id.bin')} <IdentityNumber value={certificate.bin} />
          </span>
        )}
        {certificate.organisation === null ? null : <span>{certificate.organisation}</span>}
        {certificate.certificateRoles.length === 0 ? null : (
          <span>{certificate.certificateRoles.map((role) => words.certificateRole(role)).join(', ')}</span>
        )}
      </span>
      <span className="certificate-line quiet small num">
        <span>
          {words('shift.issuer')}: {certificate.issuer}
        </span>
        {certificate.algorithm === null ? null : <span>{words.eds(`algorithm.${certificate.algorithm}`)}</span>}
        <span>
          {words('shift.until')} {formatDate(certificate.notAfterMs)}
        </span>
        <span>
          {words('shift.token')}: {certificate.tokenLabel}
        </span>
        {certificate.hasPinPad ? <span>{words('shift.pinPad')}</span> : null}
      </span>
    </>
  );
}

function Usable(props: {
  readonly certificate: CertificateView;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  const words = useWords();
  const { certificate } = props;
  return (
    <label className={props.isChosen ? 'certificate certificate-chosen' : 'certificate'}>
      <input type="radio" name="certificate" checked={props.isChosen} onChange={props.onChoose} />
      <span className="certificate-words">
        <Person certificate={certificate} />
        <span className="certificate-line">
          <State tone={attemptTones[certificate.attempts]}>{words(`shift.attempts.${certificate.attempts}`)}</State>
          {certificate.opensJournal ? <State tone="active">{words('shift.opensJournal')}</State> : null}
        </span>
      </span>
    </label>
  );
}

/** Which rule of the signature library a certificate does not meet, where that is why it cannot be used. */
function ruleOf(words: Words, { details }: NonNullable<CertificateView['unusable']>): string | undefined {
  const reason = details?.['reason'];
  return typeof reason === 'string' ? words.eds(`reason.${reason}`) : undefined;
}

function Unusable(props: {
  readonly certificates: readonly CertificateView[];
  /** Where there is no other: why none can be used is the very thing to know. */
  readonly isOnly: boolean;
}): ReactNode {
  const words = useWords();
  const { certificates } = props;
  return (
    <details className="unusable" open={props.isOnly}>
      <summary>
        <IconChevronRight size={16} aria-hidden />
        {words('shift.unusable', { count: certificates.length })}
      </summary>
      <ul>
        {certificates.map((certificate) => (
          <li key={certificate.id} className="certificate certificate-closed">
            <span className="certificate-words">
              <Person certificate={certificate} />
              {certificate.unusable === null ? null : (
                <RefusalBox refusal={certificate.unusable} why={ruleOf(words, certificate.unusable)} />
              )}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Which of the certificates is chosen: the person's own choice, or the only sensible one. */
export function useChosenCertificate(
  certificates: readonly CertificateView[],
): readonly [CertificateView | undefined, (id: string) => void] {
  const [id, setId] = useState<string | null>(null);
  const usable = certificates.filter(({ unusable }) => unusable === null);
  const own = usable.filter(({ opensJournal }) => opensJournal);
  const sensible = own.length === 1 ? own[0] : usable.length === 1 ? usable[0] : undefined;
  return [usable.find((certificate) => certificate.id === id) ?? sensible, setId];
}

/** Certificates of the cards that are in: name, numbers, role, issuer, expiry, attempts left; the unusable ones with the reason. */
export function CertificatePicker(props: {
  readonly chosen: CertificateView | undefined;
  readonly onChoose: (id: string) => void;
}): ReactNode {
  const words = useWords();
  const answer = useAnswer('certificates.list', null, { keep: true });
  if (answer.state === 'waiting') return <Skeleton name={words('loading')} lines={5} />;
  if (answer.state === 'refused') return <RefusalBox refusal={answer.refusal} onAgain={answer.again} />;
  const usable = answer.value.filter(({ unusable }) => unusable === null);
  const closed = answer.value.filter(({ unusable }) => unusable !== null);
  return (
    <div className="certificates">
      {answer.value.length === 0 ? (
        <Empty
          icon={<IconCreditCardOff size={28} aria-hidden />}
          title={words('shift.absent')}
          text={words('shift.absentText')}
        />
      ) : null}
      {answer.value.length > 0 && usable.length === 0 ? <p>{words('shift.noUsable')}</p> : null}
      {usable.length === 0 ? null : (
        <div role="radiogroup" aria-label={words('shift.certificates')} className="certificate-list">
          {usable.map((certificate) => (
            <Usable
              key={certificate.id}
              certificate={certificate}
              isChosen={certificate.id === props.chosen?.id}
              onChoose={() => props.onChoose(certificate.id)}
            />
          ))}
        </div>
      )}
      {closed.length === 0 ? null : <Unusable certificates={closed} isOnly={usable.length === 0} />}
    </div>
  );
}
