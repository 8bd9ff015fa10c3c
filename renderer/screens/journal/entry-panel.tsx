import { useState, type ReactNode } from 'react';
import type { JournalEntryView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import {
  Button,
  Fact,
  Facts,
  formatCount,
  Hash,
  IconDownload,
  IdentityNumber,
  Note,
  Part,
  RefusalBox,
  Segmented,
  Time,
} from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { Steps } from '../case/steps.tsx';
import { EntryFrame } from '../entry-frame.tsx';
import { attestationWords } from '../status-words.ts';
import { entryWords } from './journal-table.tsx';

/** The same JSON with line breaks, for the eye only; text that is not JSON comes back as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Envelope({ text }: { readonly text: string }): ReactNode {
  const words = useWords();
  const [shape, setShape] = useState<'pretty' | 'exact'>('pretty');
  return (
    <section className="part">
      <div className="part-line">
        <h2>{words('entry.envelope')}</h2>
        <Segmented
          label={words('entry.envelope')}
          choices={[
            { value: 'pretty', label: words('entry.pretty') },
            { value: 'exact', label: words('entry.exact') },
          ]}
          value={shape}
          onChange={setShape}
        />
      </div>
      <pre className="paper paper-code mono" tabIndex={0} aria-label={words('entry.envelope')}>
        {shape === 'pretty' ? prettyJson(text) : text}
      </pre>
    </section>
  );
}

function Receipt({ entry }: { readonly entry: JournalEntryView }): ReactNode {
  const words = useWords();
  const exporting = useCommand('receipt.export');
  const { receipt } = entry;
  const { act } = entry.item;
  if (act === null) return null;
  if (receipt === null)
    return <Part title={words('entry.receipt')}>{<p className="quiet">{words('entry.noReceipt')}</p>}</Part>;
  return (
    <Part title={words('entry.receipt')}>
      <Facts isWide>
        <Fact name={words('entry.index')}>
          <span className="num">{`№ ${formatCount(receipt.index + 1)}`}</span>
        </Fact>
        <Fact name={words('entry.treeSize')}>
          <span className="num">{formatCount(receipt.treeSize)}</span>
        </Fact>
        <Fact name={words('entry.root')}>
          <Hash value={receipt.root} isWhole />
        </Fact>
        {act.attestation === null ? null : (
          <Fact name={words('entry.level')}>{attestationWords(words, act.attestation)}</Fact>
        )}
      </Facts>
      <details className="more">
        <summary>{words('entry.receiptText')}</summary>
        <pre className="paper paper-code mono" tabIndex={0} aria-label={words('entry.receiptText')}>
          {receipt.text}
        </pre>
      </details>
      <div>
        <Button
          icon={<IconDownload size={16} aria-hidden />}
          isBusy={exporting.isRunning}
          onClick={() => void exporting.run({ actionId: act.actionId })}
        >
          {words('entry.export')}
        </Button>
      </div>
      {exporting.refusal === null ? null : <RefusalBox refusal={exporting.refusal} />}
      {exporting.value?.isSaved === true ? <p role="status">{words('entry.exported')}</p> : null}
    </Part>
  );
}

function Signer({ signer }: { readonly signer: NonNullable<JournalEntryView['signer']> }): ReactNode {
  const words = useWords();
  return (
    <Facts isWide>
      <Fact name={words('entry.signer')}>
        {signer.name}
        <br />
        <span className="quiet">
          {words('id.iin')} <IdentityNumber value={signer.iin} />
        </span>
      </Fact>
      <Fact name={words('entry.certificate')}>
        <Hash value={signer.certificate} />
      </Fact>
    </Facts>
  );
}

function Times({ times }: { readonly times: NonNullable<JournalEntryView['times']> }): ReactNode {
  const words = useWords();
  return (
    <Facts isWide>
      <Fact name={words('steps.recorded')}>
        <Time atMs={times.recordedAtMs} />
      </Fact>
      {times.sentAtMs === null ? null : (
        <Fact name={words('steps.sent')}>
          <Time atMs={times.sentAtMs} />
        </Fact>
      )}
      {times.loggedAtMs === null ? null : (
        <Fact name={words('steps.loggedLater')}>
          <Time atMs={times.loggedAtMs} />
        </Fact>
      )}
    </Facts>
  );
}

function Entry({ entry }: { readonly entry: JournalEntryView }): ReactNode {
  const words = useWords();
  const { item } = entry;
  return (
    <>
      <header className="case-head">
        <span className="quiet num">{words('entry.title', { sequence: formatCount(item.sequence) })}</span>
        <h1>{entryWords(words, item)}</h1>
        <p className="quiet small num">
          {item.act?.caseNumber === undefined || item.act.caseNumber === null
            ? null
            : `${words('case.heading', { number: item.act.caseNumber })} ${words('unit.separator')} `}
          <Time atMs={item.atMs} />
        </p>
        {item.act === null ? null : <Steps act={item.act} />}
      </header>
      <div className="tab-body parts">
        {item.act === null ? <Note>{words('entry.service')}</Note> : null}
        {item.act?.refusal === undefined || item.act.refusal === null ? null : (
          <RefusalBox refusal={item.act.refusal} />
        )}
        {entry.times === null ? null : <Times times={entry.times} />}
        {entry.shownText === null ? null : (
          <Part title={words('entry.text')}>
            <pre className="paper" tabIndex={0} aria-label={words('entry.text')}>
              {entry.shownText}
            </pre>
          </Part>
        )}
        {entry.signer === null ? null : <Signer signer={entry.signer} />}
        <Receipt entry={entry} />
        {entry.envelope === null ? null : <Envelope text={entry.envelope} />}
        <Facts isWide>
          <Fact name={words('entry.hash')}>
            <Hash value={item.hash} isWhole />
          </Fact>
        </Facts>
      </div>
    </>
  );
}

/** One entry: how far it has come, what the signer saw, who signed, the exact bytes, and the proof. */
export function EntryPanel({ sequence }: { readonly sequence: number }): ReactNode {
  const words = useWords();
  const answer = useAnswer('journal.get', { sequence });
  return (
    <EntryFrame label={words('entry.title', { sequence })} answer={answer} show={(entry) => <Entry entry={entry} />} />
  );
}
