import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { ScreenshotView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import {
  Button,
  formatCount,
  formatTime,
  IconCheck,
  Note,
  RadioList,
  RefusalBox,
  State,
  TextField,
} from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { sizeWords } from '../evidence/evidence-words.ts';
import { noteLengthMax, reasonText, screenshotReasons, type ScreenshotReason } from './reasons.ts';

type FormProps = { readonly view: ScreenshotView; readonly caseId: string | null; readonly onClose: () => void };

/** Which case the picture is kept with, as a person knows it. */
function CaseOf({ caseId }: { readonly caseId: string | null }): ReactNode {
  const words = useWords();
  const answer = useAnswer('cases.get', { id: caseId ?? '' }, { isEnabled: caseId !== null });
  if (caseId === null) return words('screenshot.noCase');
  const number = answer.state === 'here' ? answer.value.summary.number : '';
  return words('screenshot.withCase', { number });
}

function Picture({ view }: { readonly view: ScreenshotView }): ReactNode {
  const words = useWords();
  return (
    <figure className="screenshot-picture">
      <img src={view.picture} alt={words('screenshot.preview')} width={view.width} height={view.height} />
      <figcaption className="quiet small num">
        {[
          formatTime(view.takenAtMs),
          `${formatCount(view.width)} × ${formatCount(view.height)}`,
          sizeWords(words, view.sizeBytes),
        ].join(` ${words('unit.separator')} `)}
      </figcaption>
    </figure>
  );
}

function Kept({ sequence, onClose }: { readonly sequence: number; readonly onClose: () => void }): ReactNode {
  const words = useWords();
  const go = useGo();
  const close = useRef<HTMLButtonElement>(null);
  // The form that had the focus is gone.
  useEffect(() => close.current?.focus(), []);
  const open = (): void => {
    onClose();
    go({ page: 'evidence', sequence });
  };
  return (
    <div className="screenshot-kept" role="status">
      <State tone="waiting">{words('screenshot.kept', { sequence: formatCount(sequence) })}</State>
      <p>{words('screenshot.keptText')}</p>
      <div className="screenshot-foot">
        <Button onClick={open}>{words('screenshot.open')}</Button>
        <Button tone="primary" ref={close} onClick={onClose}>
          {words('action.close')}
        </Button>
      </div>
    </div>
  );
}

/** The very picture that would be kept, and why it is: nothing is recorded before the button is pressed. */
export function ScreenshotForm({ view, caseId, onClose }: FormProps): ReactNode {
  const words = useWords();
  const keep = useCommand('screenshot.keep');
  const [chosen, setChosen] = useState<ScreenshotReason | null>(null);
  const [note, setNote] = useState('');
  const reason = reasonText(chosen, chosen === null ? '' : words(`screenshot.reason.${chosen}`), note);
  const record = (): void => {
    if (reason !== null) void keep.run({ id: view.id, reason, caseId });
  };
  return (
    <div className="screenshot">
      <Picture view={view} />
      {keep.value !== null ? (
        <Kept sequence={keep.value.sequence} onClose={onClose} />
      ) : (
        <form
          className="screenshot-form"
          onSubmit={(event) => {
            event.preventDefault();
            record();
          }}
        >
          <p>
            <CaseOf caseId={caseId} />
          </p>
          <RadioList
            label={words('screenshot.why')}
            choices={screenshotReasons.map((value) => ({ value, label: words(`screenshot.reason.${value}`) }))}
            value={chosen}
            onChange={setChosen}
          />
          <TextField
            label={words('screenshot.note')}
            value={note}
            onChange={setNote}
            lengthMax={noteLengthMax}
            {...(chosen === 'other' ? { hint: words('decision.noteNeeded') } : {})}
          />
          <Note>{words('screenshot.explain')}</Note>
          {keep.refusal === null ? null : <RefusalBox refusal={keep.refusal} />}
          <div className="screenshot-foot">
            <Button tone="quiet" onClick={onClose}>
              {words('screenshot.cancel')}
            </Button>
            <Button
              tone="primary"
              isSubmit
              icon={<IconCheck size={16} aria-hidden />}
              isDisabled={reason === null}
              isBusy={keep.isRunning}
            >
              {words('screenshot.keep')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
