import type { ReactNode } from 'react';
import { useEvidence, type EvidenceRows } from '../../bridge/index.ts';
import { Button, Empty, IconCamera, Note, RefusalBox, Skeleton } from '../../kit/index.ts';
import { usePlace } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { useScreenshot } from '../screenshot/screenshot.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { EvidenceTable } from './evidence-table.tsx';

function Rows({ rows, sequence }: { readonly rows: EvidenceRows; readonly sequence: number | null }): ReactNode {
  const words = useWords();
  if (rows.isWaiting) return <Skeleton name={words('loading')} lines={10} />;
  if (rows.refusal !== null) return <RefusalBox refusal={rows.refusal} onAgain={rows.again} />;
  if (rows.items.length === 0)
    return (
      <Empty
        icon={<IconCamera size={28} aria-hidden />}
        title={words('evidence.empty')}
        text={words('evidence.emptyText')}
      />
    );
  return <EvidenceTable rows={rows} sequence={sequence} />;
}

/** What was recorded at this workstation, and how far each piece has come. */
export function EvidenceScreen(): ReactNode {
  const words = useWords();
  const place = usePlace();
  const { take } = useScreenshot();
  const rows = useEvidence();
  const sequence = place.page === 'evidence' ? place.sequence : null;
  const item = rows.items.find((each) => each.sequence === sequence);
  return (
    <div className="journal">
      <section className="journal-left" aria-label={words('evidence.title')}>
        <header className="journal-head">
          <h1>{words('evidence.title')}</h1>
          <Button icon={<IconCamera size={16} aria-hidden />} keys="Ctrl Shift S" onClick={take}>
            {words('screenshot.take')}
          </Button>
        </header>
        <Note>{words('evidence.explain')}</Note>
        <Rows rows={rows} sequence={sequence} />
      </section>
      {item === undefined ? (
        <div className="journal-none">
          <Empty
            icon={<IconCamera size={28} aria-hidden />}
            title={words('evidence.choose')}
            text={words('evidence.chooseText')}
          />
        </div>
      ) : (
        <EvidencePanel key={item.sha256} item={item} />
      )}
    </div>
  );
}
