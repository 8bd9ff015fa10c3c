import type { ReactNode } from 'react';
import type { LogEntryView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import {
  Button,
  Fact,
  Facts,
  formatCount,
  Hash,
  IconDownload,
  IconFileText,
  IconNotebook,
  Note,
  Part,
  RefusalBox,
  State,
  Time,
} from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { EntryFrame } from '../entry-frame.tsx';
import { attestationWords } from '../status-words.ts';
import { logItemWords, outcomeTones } from './log-words.ts';

function Proof({ entry }: { readonly entry: LogEntryView }): ReactNode {
  const words = useWords();
  const { proof, source } = entry;
  return (
    <Part title={words('log.proof')}>
      <State tone="good">{words(`log.proof.${source}`, { size: formatCount(proof.treeSize) })}</State>
      <Facts isWide>
        {proof.checkedAtMs === null ? null : (
          <Fact name={words('log.proof.headChecked')}>
            <Time atMs={proof.checkedAtMs} />
          </Fact>
        )}
        <Fact name={words('entry.root')}>
          <Hash value={proof.root} isWhole />
        </Fact>
        <Fact name={words('log.proof.path')}>
          <span className="num">{proof.pathLength}</span>
        </Fact>
      </Facts>
    </Part>
  );
}

function Ways({ entry }: { readonly entry: LogEntryView }): ReactNode {
  const words = useWords();
  const go = useGo();
  const exporting = useCommand('receipt.export');
  const { item, known, attestation } = entry;
  if (item.kind !== 'act') return null;
  return (
    <Part title={words('log.act')}>
      {known === null ? <p className="quiet">{words('log.act.unknown')}</p> : null}
      <div className="log-ways">
        {known === null ? null : (
          <Button
            icon={<IconFileText size={16} aria-hidden />}
            onClick={() => go({ page: 'queue', caseId: known.caseId })}
          >
            {known.caseNumber === null
              ? words('log.openCase')
              : words('log.openCaseNumber', { number: known.caseNumber })}
          </Button>
        )}
        {item.act === null ? null : (
          <Button
            icon={<IconNotebook size={16} aria-hidden />}
            onClick={() => go({ page: 'journal', sequence: item.act?.sequence ?? null })}
          >
            {words('log.openJournal')}
          </Button>
        )}
        {attestation === null ? null : (
          <Button
            icon={<IconDownload size={16} aria-hidden />}
            isBusy={exporting.isRunning}
            onClick={() => void exporting.run({ actionId: item.actionId })}
          >
            {words('log.receipt')}
          </Button>
        )}
      </div>
      {attestation === null ? (
        <p className="quiet">{words('log.receiptElsewhere')}</p>
      ) : (
        <p className="quiet">{`${words('entry.level')}: ${attestationWords(words, attestation)}`}</p>
      )}
      {exporting.refusal === null ? null : <RefusalBox refusal={exporting.refusal} />}
      {exporting.value?.isSaved === true ? <p role="status">{words('entry.exported')}</p> : null}
    </Part>
  );
}

function PublicFacts({ entry }: { readonly entry: LogEntryView }): ReactNode {
  const words = useWords();
  const { item } = entry;
  return (
    <Part title={words('log.public')}>
      <Facts isWide>
        <Fact name={words('log.fact.action')}>
          <span className="mono">{item.actionId}</span>
        </Fact>
        <Fact name={words('log.fact.device')}>
          {item.device === null ? words('log.device.platform') : <span className="mono">{item.device}</span>}
          {item.isThisDevice ? (
            <span className="quiet">{` ${words('unit.separator')} ${words('log.device.this')}`}</span>
          ) : null}
        </Fact>
        {item.device === null ? null : (
          <Fact name={words('log.fact.sequence')}>
            <span className="num">{formatCount(entry.sequence)}</span>
          </Fact>
        )}
        {item.outcome.code === null ? null : (
          <Fact name={words('log.fact.reason')}>
            <span className="mono">{item.outcome.code}</span>
          </Fact>
        )}
        <Fact name={words('log.fact.leafHash')}>
          <Hash value={entry.leafHash} isWhole />
        </Fact>
        <Fact name={words('log.fact.commitment')}>
          <Hash value={entry.commitment} isWhole />
        </Fact>
      </Facts>
      <details className="more">
        <summary>{words('log.leaf')}</summary>
        <pre className="paper paper-code mono" tabIndex={0} aria-label={words('log.leaf')}>
          {entry.leaf}
        </pre>
      </details>
    </Part>
  );
}

function Entry({ entry }: { readonly entry: LogEntryView }): ReactNode {
  const words = useWords();
  const { item } = entry;
  const { state, code } = item.outcome;
  return (
    <>
      <header className="case-head">
        <span className="quiet num">{words('log.entry', { number: formatCount(item.index + 1) })}</span>
        <h1>{logItemWords(words, item)}</h1>
        <p className="quiet small num">
          {`${words('log.received')} `}
          <Time atMs={item.receivedAtMs} />
        </p>
        <State tone={outcomeTones[state]}>{words(`log.outcome.${state}`)}</State>
      </header>
      <div className="tab-body parts">
        {code === null || item.act === null ? null : <RefusalBox refusal={{ code }} />}
        <Proof entry={entry} />
        <Ways entry={entry} />
        <PublicFacts entry={entry} />
        <Note>{words('log.explain')}</Note>
      </div>
    </>
  );
}

/** One entry of the central log: what is public of it, and by which head it was proven here. */
export function LogEntryPanel({ index }: { readonly index: number }): ReactNode {
  const words = useWords();
  const answer = useAnswer('log.get', { index });
  return (
    <EntryFrame
      label={words('log.entry', { number: index + 1 })}
      answer={answer}
      show={(entry) => <Entry entry={entry} />}
    />
  );
}
