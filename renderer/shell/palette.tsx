import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useCommand } from '../bridge/index.ts';
import { Keys, Sheet } from '../kit/index.ts';
import { useGo } from '../places/index.ts';
import { useMemory, useScreenshot } from '../screens/index.ts';
import { locales, useWords } from '../words/index.ts';
import { pages, starts } from './rail.tsx';

type Entry = { readonly id: string; readonly text: string; readonly keys?: string; readonly run: () => void };

const pageKeys = {
  queue: 'Alt 1',
  journal: 'Alt 2',
  evidence: 'Alt 3',
  log: 'Alt 4',
  connection: 'Alt 5',
  retention: 'Alt 6',
  access: 'Alt 7',
  about: 'Alt 8',
} as const;
/** A sheet is off the window after this. */
const closingMs = 150;

const endonyms = { kk: 'frame.language.kk', ru: 'frame.language.ru', en: 'frame.language.en' } as const;

function useEntries(query: string, onLock: () => void): readonly Entry[] {
  const words = useWords();
  const go = useGo();
  const { setFilter } = useMemory();
  const preferences = useCommand('preferences.set');
  const sync = useCommand('sync.now');
  const { take } = useScreenshot();
  // The palette itself does not belong into the picture.
  const takeAfterClosing = (): void => void setTimeout(take, closingMs);
  const all: readonly Entry[] = [
    ...pages.map((page) => ({
      id: page,
      text: words(`nav.${page}`),
      keys: pageKeys[page],
      run: () => go(starts[page]),
    })),
    { id: 'account', text: words('nav.account'), run: () => go(starts.account) },
    ...locales.map((locale) => ({
      id: locale,
      text: words(endonyms[locale]),
      run: () => void preferences.run({ locale }),
    })),
    ...(['light', 'dark'] as const).map((scheme) => ({
      id: scheme,
      text: words(`palette.theme.${scheme}`),
      run: () => void preferences.run({ colourScheme: scheme }),
    })),
    { id: 'screenshot', text: words('screenshot.take'), keys: 'Ctrl Shift S', run: takeAfterClosing },
    { id: 'sync', text: words('palette.sync'), run: () => void sync.run(null) },
    { id: 'lock', text: words('frame.lock'), keys: 'Ctrl L', run: onLock },
  ];
  const wanted = query.trim().toLocaleLowerCase(words.locale);
  if (wanted === '') return all;
  const find: Entry = {
    id: 'find',
    text: words('palette.findCase', { query: query.trim() }),
    run: () => {
      setFilter({ view: 'all', query: query.trim(), statuses: [] });
      go(starts.queue);
    },
  };
  return [...all.filter(({ text }) => text.toLocaleLowerCase(words.locale).includes(wanted)), find];
}

function List(props: {
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly at: number;
  readonly onRun: (entry: Entry) => void;
}): ReactNode {
  const words = useWords();
  return (
    <ul id={props.id} role="listbox" aria-label={words('palette.title')} className="palette-list">
      {props.entries.map((entry, index) => (
        // The field above keeps the focus and takes the keys of this list.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/interactive-supports-focus
        <li
          key={entry.id}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.at}
          className="palette-entry"
          onClick={() => props.onRun(entry)}
        >
          <span className="cut">{entry.text}</span>
          {entry.keys === undefined ? null : <Keys>{entry.keys}</Keys>}
        </li>
      ))}
    </ul>
  );
}

function Content({ onClose, onLock }: { readonly onClose: () => void; readonly onLock: () => void }): ReactNode {
  const words = useWords();
  const listId = useId();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(query, onLock);
  const at = Math.min(chosen, entries.length - 1);
  const run = (entry: Entry): void => {
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const entry = entries[at];
    if (step !== 0) setChosen((at + step + entries.length) % entries.length);
    else if (event.key === 'Enter' && entry !== undefined) run(entry);
    else return;
    event.preventDefault();
  };
  return (
    <div className="palette">
      <input
        className="palette-input"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={`${listId}-${at}`}
        aria-label={words('palette.title')}
        placeholder={words('palette.title')}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        maxLength={120}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <List id={listId} entries={entries} at={at} onRun={run} />
    </div>
  );
}

/** Everything that the window can do, found by typing (Ctrl K). */
export function Palette(props: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onLock: () => void;
}): ReactNode {
  const words = useWords();
  const content = useMemo(
    () => <Content onClose={props.onClose} onLock={props.onLock} />,
    [props.onClose, props.onLock],
  );
  return (
    <Sheet
      title={words('palette.title')}
      isTitleHidden
      closeName={words('action.close')}
      isOpen={props.isOpen}
      onClose={props.onClose}
    >
      {content}
    </Sheet>
  );
}
