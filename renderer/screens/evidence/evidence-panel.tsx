import type { ReactNode } from 'react';
import type { EvidenceItem } from '../../../contracts/ipc/index.ts';
import { useCommand } from '../../bridge/index.ts';
import {
  Button,
  Fact,
  Facts,
  formatCount,
  Hash,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  Note,
  RefusalBox,
  State,
  Time,
} from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { evidenceStateWords, evidenceTones, sizeWords } from './evidence-words.ts';

const onTheWay: readonly EvidenceItem['state'][] = ['recorded', 'sending'];

/** Pause, go on, or try once more: what fits the state, and nothing where nothing is left to do. */
function Actions({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  const pause = useCommand('evidence.pause');
  const set = (isPaused: boolean) => () => void pause.run({ sha256: item.sha256, isPaused });
  const isMoving = onTheWay.includes(item.state);
  const isStopped = item.state === 'paused' || item.state === 'refused';
  if (!isMoving && !isStopped) return null;
  const icon = isMoving ? IconPlayerPause : item.state === 'paused' ? IconPlayerPlay : IconRefresh;
  const word = isMoving ? 'evidence.pause' : item.state === 'paused' ? 'evidence.goOn' : 'evidence.again';
  const Icon = icon;
  return (
    <>
      <div>
        <Button icon={<Icon size={16} aria-hidden />} isBusy={pause.isRunning} onClick={set(isMoving)}>
          {words(word)}
        </Button>
      </div>
      {pause.refusal === null ? null : <RefusalBox refusal={pause.refusal} />}
    </>
  );
}

function Bar({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  if (item.state !== 'sending' && item.state !== 'paused') return null;
  return (
    <progress className="upload-bar" max={100} value={item.percent} aria-label={words('evidence.progress')}>
      {item.percent}
    </progress>
  );
}

function CaseLine({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { caseId } = item;
  if (caseId === null) return words('evidence.noCase');
  return (
    <>
      <button type="button" className="text-button" onClick={() => go({ page: 'queue', caseId })}>
        {words('case.heading', { number: item.caseNumber ?? '' })}
      </button>
      <br />
      <span className="quiet small">{words(item.isNamed ? 'evidence.named' : 'evidence.notNamed')}</span>
    </>
  );
}

/** One piece: how far it has come, what to do, and what it is. */
export function EvidencePanel({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <section className="entry" aria-label={words('evidence.piece', { sequence: formatCount(item.sequence) })}>
      <header className="case-head">
        <div className="case-line">
          <span className="quiet num">{words(`evidence.class.${item.class}`)}</span>
          <State tone={evidenceTones[item.state]} isSoft>
            {evidenceStateWords(words, item)}
          </State>
        </div>
        <h1 className="selectable">{item.reason}</h1>
        <p className="quiet small num">
          <Time atMs={item.capturedAtMs} />
        </p>
      </header>
      <div className="tab-body parts">
        <Bar item={item} />
        {item.refusal === null ? (
          <Note>{words(`evidence.next.${item.state}`)}</Note>
        ) : (
          <RefusalBox refusal={item.refusal} />
        )}
        <Actions item={item} />
        <Facts isWide>
          <Fact name={words('evidence.column.case')}>
            <CaseLine item={item} />
          </Fact>
          <Fact name={words('evidence.by')}>{item.byName}</Fact>
          <Fact name={words('evidence.size')}>
            <span className="num">{sizeWords(words, item.sizeBytes)}</span>
          </Fact>
          <Fact name={words('case.fileHash')}>
            <Hash value={item.sha256} isWhole />
          </Fact>
          <Fact name={words('evidence.entry')}>
            <button
              type="button"
              className="text-button num"
              onClick={() => go({ page: 'journal', sequence: item.sequence })}
            >
              {words('entry.title', { sequence: formatCount(item.sequence) })}
            </button>
          </Fact>
        </Facts>
      </div>
    </section>
  );
}
