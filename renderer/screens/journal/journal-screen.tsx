import { useState, type ReactNode } from 'react';
import { useCommand, useJournal } from '../../bridge/index.ts';
import {
  Button,
  Empty,
  formatCount,
  Hash,
  IconNotebook,
  IconShieldCheck,
  Note,
  RefusalBox,
  Segmented,
  Skeleton,
  State,
} from '../../kit/index.ts';
import { usePlace } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { EntryPanel } from './entry-panel.tsx';
import { JournalTable } from './journal-table.tsx';

function Check(): ReactNode {
  const words = useWords();
  const check = useCommand('journal.check');
  return (
    <div className="journal-check">
      <Button
        icon={<IconShieldCheck size={16} aria-hidden />}
        isBusy={check.isRunning}
        onClick={() => void check.run(null)}
      >
        {words('journal.check')}
      </Button>
      {check.refusal === null ? null : <RefusalBox refusal={check.refusal} />}
      {check.value === null ? null : (
        <div role="status" className="journal-verdict">
          <State tone="good">
            {words('journal.checkGood', {
              entries: formatCount(check.value.entries),
              acts: formatCount(check.value.acts),
            })}
          </State>{' '}
          <Hash value={check.value.head} />
        </div>
      )}
    </div>
  );
}

function Rows({ onlyActs, sequence }: { readonly onlyActs: boolean; readonly sequence: number | null }): ReactNode {
  const words = useWords();
  const journal = useJournal(onlyActs);
  if (journal.isWaiting) return <Skeleton name={words('loading')} lines={10} />;
  if (journal.refusal !== null) return <RefusalBox refusal={journal.refusal} onAgain={journal.again} />;
  if (journal.items.length === 0)
    return (
      <Empty
        icon={<IconNotebook size={28} aria-hidden />}
        title={words('journal.empty')}
        text={words('journal.emptyText')}
      />
    );
  return <JournalTable journal={journal} sequence={sequence} />;
}

/** What this person signed on this workstation, and how far each entry has come. */
export function JournalScreen(): ReactNode {
  const words = useWords();
  const place = usePlace();
  const sequence = place.page === 'journal' ? place.sequence : null;
  const [shown, setShown] = useState<'acts' | 'all'>('acts');
  return (
    <div className="journal">
      <section className="journal-left" aria-label={words('journal.title')}>
        <header className="journal-head">
          <h1>{words('journal.title')}</h1>
          <Segmented
            label={words('journal.show')}
            choices={[
              { value: 'acts', label: words('journal.onlyActs') },
              { value: 'all', label: words('journal.everything') },
            ]}
            value={shown}
            onChange={setShown}
          />
          <Check />
        </header>
        <Note>{words('journal.explain')}</Note>
        <Rows key={shown} onlyActs={shown === 'acts'} sequence={sequence} />
      </section>
      {sequence === null ? (
        <div className="journal-none">
          <Empty
            icon={<IconNotebook size={28} aria-hidden />}
            title={words('journal.choose')}
            text={words('journal.chooseText')}
          />
        </div>
      ) : (
        <EntryPanel key={sequence} sequence={sequence} />
      )}
    </div>
  );
}
