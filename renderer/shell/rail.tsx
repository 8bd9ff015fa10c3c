import type { ReactNode } from 'react';
import { useWaitingForMe } from '../bridge/index.ts';
import {
  formatCount,
  IconArchive,
  IconButton,
  IconCamera,
  IconInbox,
  IconInfoCircle,
  IconKey,
  IconLink,
  IconNotebook,
  IconPlugConnected,
} from '../kit/index.ts';
import { useGo, usePlace, type Page, type Place } from '../places/index.ts';
import { useWords } from '../words/index.ts';

const icons = {
  queue: IconInbox,
  journal: IconNotebook,
  evidence: IconCamera,
  log: IconLink,
  access: IconKey,
  retention: IconArchive,
  connection: IconPlugConnected,
  about: IconInfoCircle,
} as const;

/** Where a section begins. */
export const starts: Readonly<Record<Page, Place>> = {
  queue: { page: 'queue', caseId: null },
  journal: { page: 'journal', sequence: null },
  evidence: { page: 'evidence', sequence: null },
  log: { page: 'log', index: null },
  access: { page: 'access', part: 'waiting', id: null },
  account: { page: 'account', part: 'record' },
  retention: { page: 'retention' },
  connection: { page: 'connection' },
  about: { page: 'about' },
};

export const pages = [
  'queue',
  'journal',
  'evidence',
  'log',
  'connection',
  'retention',
  'access',
  'about',
] as const satisfies readonly Page[];

/** The sections of the window. */
export function Rail(): ReactNode {
  const words = useWords();
  const here = usePlace().page;
  const go = useGo();
  const waiting = useWaitingForMe();
  return (
    <nav className="rail" aria-label={words('frame.sections')}>
      {pages.map((page) => {
        const Icon = icons[page];
        const count = page === 'access' ? waiting : 0;
        const name = words(`nav.${page}`);
        return (
          <IconButton
            key={page}
            name={count === 0 ? name : words('nav.waiting', { name, count })}
            side="right"
            className={page === 'about' ? 'rail-button rail-last' : 'rail-button'}
            isCurrent={page === here}
            icon={
              <>
                <Icon size={20} aria-hidden />
                {count === 0 ? null : <span className="rail-count num">{formatCount(count)}</span>}
              </>
            }
            onClick={() => go(starts[page])}
          />
        );
      })}
    </nav>
  );
}
