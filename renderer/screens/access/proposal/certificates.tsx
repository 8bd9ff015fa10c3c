import { useState, type ReactNode } from 'react';
import type { CertificateView } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { Button, formatDate, Hash, IconCreditCard, IconKey, Note, RefusalBox, TextField } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';

const hashPattern = /^[0-9a-f]{64}$/u;

type Props = {
  readonly iin: string;
  /** Those that stand in the record now. */
  readonly recorded: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
};

function toggled(chosen: readonly string[], hash: string): readonly string[] {
  return chosen.includes(hash) ? chosen.filter((one) => one !== hash) : [...chosen, hash];
}

/** One certificate with what is known of it: the card that holds it, or only its hash. */
function Row(props: {
  readonly hash: string;
  readonly card: CertificateView | undefined;
  readonly isRecorded: boolean;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const words = useWords();
  const { hash, card, isRecorded, isChosen } = props;
  const Icon = card === undefined ? IconKey : IconCreditCard;
  return (
    <label className={isChosen ? 'pick pick-chosen' : 'pick'}>
      <input type="checkbox" checked={isChosen} onChange={props.onToggle} />
      <Icon size={16} aria-hidden className="shape tone-quiet" />
      <span className="pick-words">
        <span>
          {card?.commonName ?? words(isRecorded ? 'certificate.recorded' : 'certificate.typed')}
          {card === undefined || !isRecorded ? null : (
            <span className="quiet small"> {words('certificate.inRecord')}</span>
          )}
        </span>
        <span className="quiet small num">
          {card === undefined
            ? null
            : [card.tokenLabel, card.issuer, `${words('shift.until')} ${formatDate(card.notAfterMs)}`, ''].join(
                ` ${words('unit.separator')} `,
              )}
          <Hash value={hash} />
        </span>
      </span>
    </label>
  );
}

/** The last resort: a certificate that is neither in a reader nor in the record, by its SHA-256. */
function ByHash({ onAdd }: { readonly onAdd: (hash: string) => void }): ReactNode {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const hash = typed.replaceAll(/[\s:]/gu, '').toLowerCase();
  const isGood = hashPattern.test(hash);
  return (
    <details className="by-hash">
      <summary>{words('certificate.other')}</summary>
      <div className="propose-add">
        <TextField
          label={words('propose.certificateHash')}
          value={typed}
          onChange={setTyped}
          lengthMax={200}
          isMono
          {...(typed === '' || isGood ? {} : { fault: words('fault.certificate-malformed') })}
        />
        <Button
          isDisabled={!isGood}
          onClick={() => {
            onAdd(hash);
            setTyped('');
          }}
        >
          {words('propose.addCertificate')}
        </Button>
      </div>
    </details>
  );
}

/** Certificates that act for a person: read from the card in the reader, kept from the record, and any other by its hash. */
export function Certificates({ iin, recorded, chosen, onChange }: Props): ReactNode {
  const words = useWords();
  const cards = useAnswer('certificates.list', null, { keep: true });
  const inReader = cards.state === 'here' ? cards.value : [];
  const app = useAnswer('app.get', null);
  const me = app.state === 'here' ? app.value.staff?.iin : undefined;
  const own = inReader.filter((card) => card.iin === iin);
  const all = [...new Set([...recorded, ...own.map(({ sha256 }) => sha256), ...chosen])];
  // The card of whoever fills the form is in a reader as well.
  const isOfOther = iin !== '' && own.length === 0 && inReader.some((card) => card.iin !== me);
  return (
    <fieldset className="choices propose-certificates">
      <legend>{words('field.staff.certificates')}</legend>
      {cards.state === 'refused' ? <RefusalBox refusal={cards.refusal} onAgain={cards.again} /> : null}
      {all.map((hash) => (
        <Row
          key={hash}
          hash={hash}
          card={own.find(({ sha256 }) => sha256 === hash)}
          isRecorded={recorded.includes(hash)}
          isChosen={chosen.includes(hash)}
          onToggle={() => onChange(toggled(chosen, hash))}
        />
      ))}
      {all.length === 0 && !isOfOther ? <p className="quiet small">{words('propose.noCards')}</p> : null}
      {isOfOther ? <Note>{words('certificate.ofOther')}</Note> : null}
      <ByHash onAdd={(hash) => onChange(chosen.includes(hash) ? chosen : [...chosen, hash])} />
    </fieldset>
  );
}
