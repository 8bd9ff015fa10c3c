import { useCallback, useState, type ReactNode } from 'react';
import type { AppView } from '../../contracts/ipc/index.ts';
import { useCommand } from '../bridge/index.ts';
import { useKeys, type KeyMap } from '../kit/index.ts';
import { useGo } from '../places/index.ts';
import { ScreenshotProvider } from '../screens/index.ts';
import { useWords } from '../words/index.ts';
import { KeysSheet } from './keys-sheet.tsx';
import { LogAlarmBar } from './log-alarm-bar.tsx';
import { Palette } from './palette.tsx';
import { pages, Rail, starts } from './rail.tsx';
import { StatusLine } from './status-line.tsx';
import { TopBar } from './top-bar.tsx';

/** Top bar, sections, the page, and the line at the bottom that never goes away. */
export function Frame({ app, children }: { readonly app: AppView; readonly children: ReactNode }): ReactNode {
  const words = useWords();
  const [sheet, setSheet] = useState<'palette' | 'keys' | null>(null);
  const end = useCommand('shift.end');
  const endShift = end.run;
  const lock = useCallback(() => void endShift(null), [endShift]);
  const close = useCallback(() => setSheet(null), []);
  const go = useGo();
  const sections: KeyMap = Object.fromEntries(
    pages.map((page, index) => [`alt+Digit${index + 1}`, () => go(starts[page])]),
  );
  useKeys({
    ...sections,
    'ctrl+KeyK': () => setSheet('palette'),
    'ctrl+KeyL': lock,
    'shift+Slash': () => setSheet('keys'),
  });
  return (
    <ScreenshotProvider>
      <div className={app.profile === 'demo' ? 'frame frame-demo' : 'frame'}>
        <TopBar app={app} onPalette={() => setSheet('palette')} onKeys={() => setSheet('keys')} onEnd={lock} />
        <LogAlarmBar alarms={app.status.alarms} />
        <Rail />
        <main className="page" aria-label={words('frame.sections')}>
          {children}
        </main>
        <StatusLine status={app.status} isDemo={app.profile === 'demo'} />
        <Palette isOpen={sheet === 'palette'} onClose={close} onLock={lock} />
        <KeysSheet isOpen={sheet === 'keys'} onClose={close} />
      </div>
    </ScreenshotProvider>
  );
}
