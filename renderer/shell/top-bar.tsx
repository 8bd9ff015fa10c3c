import type { ReactNode } from 'react';
import type { AppView } from '../../contracts/ipc/index.ts';
import { useCommand } from '../bridge/index.ts';
import {
  formatIdentityNumber,
  IconButton,
  IconCamera,
  IconChevronDown,
  IconLock,
  IconSearch,
  IconShieldCheck,
  Keys,
  Menu,
  shortName,
  State,
  type MenuItem,
} from '../kit/index.ts';
import { useGo } from '../places/index.ts';
import { LanguageSwitch, useScreenshot } from '../screens/index.ts';
import { useWords } from '../words/index.ts';

type Preferences = AppView['preferences'];

function usePersonItems(preferences: Preferences, onKeys: () => void, onEnd: () => void): readonly MenuItem[] {
  const words = useWords();
  const { run } = useCommand('preferences.set');
  const go = useGo();
  return [
    { kind: 'item', text: words('account.part.record'), onChoose: () => go({ page: 'account', part: 'record' }) },
    { kind: 'item', text: words('account.part.sessions'), onChoose: () => go({ page: 'account', part: 'sessions' }) },
    { kind: 'title', text: words('frame.appearance') },
    ...(['light', 'dark', 'auto'] as const).map((colourScheme): MenuItem => {
      const isChosen = preferences.colourScheme === colourScheme;
      return {
        kind: 'one-of',
        text: words(`frame.${colourScheme}`),
        isChosen,
        onChoose: () => void run({ colourScheme }),
      };
    }),
    { kind: 'title', text: words('frame.density') },
    ...(['compact', 'comfortable'] as const).map((density): MenuItem => {
      const isChosen = preferences.density === density;
      return { kind: 'one-of', text: words(`frame.${density}`), isChosen, onChoose: () => void run({ density }) };
    }),
    { kind: 'line' },
    { kind: 'item', text: words('frame.keys'), hint: '?', onChoose: onKeys },
    { kind: 'item', text: words('frame.endShift'), onChoose: onEnd },
  ];
}

function Person(props: { readonly app: AppView; readonly onKeys: () => void; readonly onEnd: () => void }): ReactNode {
  const words = useWords();
  const items = usePersonItems(props.app.preferences, props.onKeys, props.onEnd);
  const { staff } = props.app;
  if (staff === null) return null;
  return (
    <Menu
      name={`${words('frame.person')}: ${shortName(staff.name)}`}
      className="text-button person-button"
      face={
        <>
          <span className="cut">{shortName(staff.name)}</span>
          <IconChevronDown size={14} aria-hidden />
        </>
      }
      head={
        <div className="person-head">
          <strong>{staff.name}</strong>
          <span className="quiet small num">
            {words('id.iin')} {formatIdentityNumber(staff.iin)}
          </span>
          <span className="quiet small">{staff.roles.map((role) => words.role(role)).join(', ')}</span>
        </div>
      }
      items={items}
      isToRight
    />
  );
}

/** Whose platform this is, the way to everything, the language, the person, the lock. */
export function TopBar(props: {
  readonly app: AppView;
  readonly onPalette: () => void;
  readonly onKeys: () => void;
  readonly onEnd: () => void;
}): ReactNode {
  const words = useWords();
  const { app } = props;
  const go = useGo();
  const { take } = useScreenshot();
  return (
    <header className="top-bar">
      <div className="brand">
        <IconShieldCheck size={20} className="tone-active" aria-hidden />
        <span className="cut">{app.operatorName ?? ''}</span>
        {app.profile === 'demo' ? (
          <State tone="alarm" isSoft>
            {words('frame.demo')}
          </State>
        ) : null}
      </div>
      <button type="button" className="search-button" onClick={props.onPalette}>
        <IconSearch size={16} aria-hidden />
        <span>{words('frame.search')}</span>
        <Keys>Ctrl K</Keys>
      </button>
      <div className="top-end">
        {app.status.alarms.length === 0 ? null : (
          <button type="button" className="text-button" onClick={() => go({ page: 'connection' })}>
            <State tone="alarm">{words('frame.alarms', { count: app.status.alarms.length })}</State>
          </button>
        )}
        <IconButton name={words('screenshot.take')} icon={<IconCamera size={20} aria-hidden />} onClick={take} />
        <LanguageSwitch locale={app.preferences.locale} />
        <Person app={app} onKeys={props.onKeys} onEnd={props.onEnd} />
        <IconButton name={words('frame.lock')} icon={<IconLock size={20} aria-hidden />} onClick={props.onEnd} />
      </div>
    </header>
  );
}
