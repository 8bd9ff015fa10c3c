import type { ReactNode } from 'react';
import type { SignatureView } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import {
  Fact,
  Facts,
  formatDate,
  formatTime,
  Hash,
  IdentityNumber,
  Note,
  Part,
  RefusalBox,
  Shape,
  Sheet,
  Skeleton,
  State,
  Time,
  type Tone,
} from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';

const tones: Readonly<Record<SignatureView['conclusion'], Tone>> = {
  valid: 'good',
  'verified-here': 'active',
  invalid: 'bad',
  indeterminate: 'alarm',
};
const stageTones = { PASS: 'good', FAIL: 'bad', UNKNOWN: 'alarm' } as const;
const verdictTones = { VALID: 'good', INVALID: 'bad', INDETERMINATE: 'alarm' } as const;

function whyOf(words: Words, { conclusion, reason, revocationAsOfMs }: SignatureView): string {
  if (conclusion === 'verified-here') return words('signature.why.verified-here');
  if (conclusion !== 'valid' || revocationAsOfMs === null) return words.eds(`reason.${reason}`);
  return words('signature.why.valid', { time: formatTime(revocationAsOfMs) });
}

function Conclusion({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  const standard = [view.indication, view.subIndication].filter((part) => part !== '').join(', ');
  return (
    <div className={`signature-verdict signature-${view.conclusion}`}>
      <Shape tone={tones[view.conclusion]} size={24} />
      <div className="selectable">
        <p className="signature-conclusion">{words(`signature.conclusion.${view.conclusion}`)}</p>
        <p>{whyOf(words, view)}</p>
        <p className="quiet small">
          {words('signature.standard')}: <span className="mono">{standard}</span>
        </p>
      </div>
    </div>
  );
}

type StageView = SignatureView['stages'][number];

function StageRow({ stage, isByServer }: { readonly stage: StageView; readonly isByServer: boolean }): ReactNode {
  const words = useWords();
  const tone = isByServer ? 'active' : stageTones[stage.outcome];
  return (
    <li className={`stage stage-${stage.outcome.toLowerCase()}`}>
      <Shape tone={tone} />
      <div className="selectable">
        <p className="stage-line">
          <span className="check-name">{words.eds(`stage.${stage.name}`)}</span>
          {stage.outcome === 'PASS' ? (
            <span className="visually-hidden">{words.eds('outcome.PASS')}</span>
          ) : (
            <State tone={tone}>{words.eds(`outcome.${stage.outcome}`)}</State>
          )}
        </p>
        <p className="stage-why">{words.eds(`reason.${stage.reason}`)}</p>
        {isByServer ? <p className="stage-why">{words('signature.byServer')}</p> : null}
      </div>
    </li>
  );
}

function Stages({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  const isByServer = (stage: StageView): boolean =>
    view.conclusion === 'verified-here' && view.receivedAtMs !== null && stage.outcome === 'UNKNOWN';
  return (
    <Part title={words('signature.stages')}>
      <ol className="stages">
        {view.stages.map((stage) => (
          <StageRow key={stage.name} stage={stage} isByServer={isByServer(stage)} />
        ))}
      </ol>
    </Part>
  );
}

type SignerView = NonNullable<SignatureView['signer']>;

function NumberOf(props: { readonly value: string; readonly check: SignerView['iinCheck'] }): ReactNode {
  const words = useWords();
  return (
    <>
      <IdentityNumber value={props.value} />
      {props.check === 'wrong' ? (
        <>
          {' '}
          <State tone="alarm">{words('signature.numberWrong')}</State>
        </>
      ) : null}
    </>
  );
}

function Person({ signer }: { readonly signer: SignerView }): ReactNode {
  const words = useWords();
  const roles = signer.roles.map((role) => words.eds(`role.${role}`));
  return (
    <>
      <Fact name={words('signature.name')}>{signer.name}</Fact>
      {signer.iin === null ? null : (
        <Fact name={words('id.iin')}>
          <NumberOf value={signer.iin} check={signer.iinCheck} />
        </Fact>
      )}
      {signer.organisation === null ? null : <Fact name={words('signature.organisation')}>{signer.organisation}</Fact>}
      {signer.bin === null ? null : (
        <Fact name={words('id.bin')}>
          <NumberOf value={signer.bin} check={signer.binCheck} />
        </Fact>
      )}
      {roles.length === 0 ? null : <Fact name={words('signature.roles')}>{roles.join(', ')}</Fact>}
    </>
  );
}

function Certificate({ signer }: { readonly signer: SignerView }): ReactNode {
  const words = useWords();
  return (
    <>
      <Fact name={words('signature.carrier')}>{words.eds(`carrier.${signer.carrier}`)}</Fact>
      {signer.algorithm === null ? null : (
        <Fact name={words('shift.algorithm')}>{words.eds(`algorithm.${signer.algorithm}`)}</Fact>
      )}
      {signer.issuer === null ? null : <Fact name={words('shift.issuer')}>{signer.issuer}</Fact>}
      <Fact name={words('signature.validity')}>
        <span className="num">{`${formatDate(signer.notBeforeMs)} – ${formatDate(signer.notAfterMs)}`}</span>
      </Fact>
      <Fact name={words('signature.serial')}>
        <code className="mono hash-whole selectable">{signer.serial}</code>
      </Fact>
      <Fact name={words('entry.certificate')}>
        <Hash value={signer.certificate} />
      </Fact>
    </>
  );
}

function Signer({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  const { signer, otherSigners } = view;
  return (
    <Part title={words('signature.signer')}>
      {signer === null ? (
        <p>{words('signature.noSigner')}</p>
      ) : (
        <Facts isWide>
          <Person signer={signer} />
          <Certificate signer={signer} />
        </Facts>
      )}
      {otherSigners === 0 ? null : <p>{words('signature.others', { count: otherSigners })}</p>}
    </Part>
  );
}

function Moment(props: { readonly name: string; readonly atMs: number | null; readonly hint?: string }): ReactNode {
  if (props.atMs === null) return null;
  return (
    <Fact name={props.name}>
      <Time atMs={props.atMs} />
      {props.hint === undefined ? null : <span className="quiet small"> {props.hint}</span>}
    </Fact>
  );
}

function Times({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  return (
    <Part title={words('signature.times')}>
      <Facts isWide>
        <Moment
          name={words('signature.claimed')}
          atMs={view.signer?.claimedAtMs ?? null}
          hint={words('signature.claimedText')}
        />
        <Moment name={words('signature.recorded')} atMs={view.recordedAtMs} />
        <Moment name={words('signature.received')} atMs={view.receivedAtMs} hint={words('signature.receivedText')} />
        <Moment name={words('signature.reference')} atMs={view.referenceTimeMs} />
      </Facts>
    </Part>
  );
}

function TimeStamps({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  return (
    <Part title={words('signature.timeStamps')}>
      {view.timeStamps.length === 0 ? <p className="quiet">{words('signature.timeStampsNone')}</p> : null}
      <ul className="stages">
        {view.timeStamps.map((stamp, index) => (
          <li key={index} className="stage">
            <Shape tone={verdictTones[stamp.verdict]} />
            <div className="selectable">
              <p className="check-name num">
                {[stamp.genTimeMs === null ? null : formatTime(stamp.genTimeMs), stamp.authority]
                  .filter((part) => part !== null)
                  .join(` ${words('unit.separator')} `)}
              </p>
              <p className="stage-why">{words.eds(`reason.${stamp.reason}`)}</p>
              {stamp.isRevocationKnown || stamp.verdict !== 'VALID' ? null : (
                <p className="stage-why">{words('signature.timeStampRevocation')}</p>
              )}
              {stamp.policy === null ? null : <p className="quiet small mono">{stamp.policy}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Report({ view }: { readonly view: SignatureView }): ReactNode {
  const words = useWords();
  return (
    <>
      <Conclusion view={view} />
      <div className="signature-columns">
        <Stages view={view} />
        <div className="parts">
          <Signer view={view} />
          <Times view={view} />
          <TimeStamps view={view} />
        </div>
      </div>
      <Note>{words('signature.whose')}</Note>
    </>
  );
}

function Asked(props: { readonly caseId: string; readonly actionId: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('signatures.get', { caseId: props.caseId, actionId: props.actionId });
  return (
    <div className="signature">
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={12} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
      {answer.state === 'here' ? <Report view={answer.value} /> : null}
    </div>
  );
}

/** The stage report of one act's signature, judged anew when it is opened; Esc closes it. `act` is what was done, in words. */
export function SignatureSheet(props: {
  readonly caseId: string;
  readonly shown: { readonly actionId: string; readonly act: string } | null;
  readonly onClose: () => void;
}): ReactNode {
  const words = useWords();
  const { shown } = props;
  return (
    <Sheet
      title={words('signature.title', { act: shown?.act ?? '' })}
      closeName={words('action.close')}
      isOpen={shown !== null}
      isWide
      onClose={props.onClose}
    >
      {shown === null ? null : <Asked caseId={props.caseId} actionId={shown.actionId} />}
    </Sheet>
  );
}
