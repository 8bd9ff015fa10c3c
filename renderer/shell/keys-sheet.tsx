import type { ReactNode } from 'react';
import { Keys, Sheet } from '../kit/index.ts';
import { useWords, type WordId } from '../words/index.ts';

const rows: readonly (readonly [string, WordId])[] = [
  ['Ctrl K', 'keys.palette'],
  ['J  ↓', 'keys.next'],
  ['K  ↑', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['/', 'keys.search'],
  ['1  2  3', 'keys.tabs'],
  ['C', 'keys.claim'],
  ['A', 'keys.approve'],
  ['R', 'keys.return'],
  ['X', 'keys.refuse'],
  ['Ctrl ↵', 'keys.sign'],
  ['Ctrl Shift S', 'keys.screenshot'],
  ['Alt 1 … 8', 'keys.go'],
  ['Ctrl L', 'keys.lock'],
];

/** All keys of the window on one sheet (?). */
export function KeysSheet(props: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const words = useWords();
  return (
    <Sheet title={words('keys.title')} closeName={words('action.close')} isOpen={props.isOpen} onClose={props.onClose}>
      <dl className="keys-list">
        {rows.map(([keys, id]) => (
          <div key={id}>
            <dt>{words(id)}</dt>
            <dd>
              <Keys>{keys}</Keys>
            </dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
