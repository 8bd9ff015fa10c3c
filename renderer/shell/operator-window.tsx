import './frame.css';
import '../screens/screens.css';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import type { AppView, ScreenBridge } from '../../contracts/ipc/index.ts';
import { BridgeProvider, useAnswer, useForgetting, type Clock } from '../bridge/index.ts';
import { KitProvider, RefusalBox } from '../kit/index.ts';
import type { Place } from '../places/index.ts';
import { EnrolScreen, MemoryProvider, QuarantineScreen, ShiftScreen } from '../screens/index.ts';
import { WordsProvider, type Locale } from '../words/index.ts';

const loadPages = (): Promise<typeof import('./router.tsx')> => import('./router.tsx');

/** The pages of an open shift come after the first paint: no shift is open when the window starts. */
const Pages = lazy(async () => ({ default: (await loadPages()).Pages }));

/** Fetches the pages while nobody waits for them, so that they are here when the shift opens. */
function usePagesAhead(): void {
  useEffect(() => {
    const request = requestIdleCallback(() => void loadPages());
    return () => cancelIdleCallback(request);
  }, []);
}

type WindowProps = {
  readonly bridge: ScreenBridge;
  readonly clock: Clock;
  readonly first?: AppView | undefined;
  readonly start?: Place;
  readonly onStanding?: (() => void) | undefined;
  readonly onMissingWord?: ((message: string) => void) | undefined;
};

function Phase({ app, start }: { readonly app: AppView; readonly start: Place }): ReactNode {
  switch (app.phase) {
    case 'not-enrolled':
      return <EnrolScreen app={app} />;
    case 'locked':
      return <ShiftScreen app={app} />;
    case 'quarantined':
      return <QuarantineScreen app={app} />;
    default:
      return (
        <MemoryProvider>
          <Suspense fallback={<div aria-busy="true" data-pages-on-their-way />}>
            <Pages start={start} />
          </Suspense>
        </MemoryProvider>
      );
  }
}

function Root({
  start,
  onMissingWord,
}: {
  readonly start: Place;
  readonly onMissingWord: WindowProps['onMissingWord'];
}): ReactNode {
  const answer = useAnswer('app.get', null);
  usePagesAhead();
  useForgetting({ isOpen: answer.state === 'here' && answer.value.phase === 'open' });
  const preferences =
    answer.state === 'here'
      ? answer.value.preferences
      : { locale: 'kk' as Locale, colourScheme: 'auto' as const, density: 'compact' as const };
  return (
    <KitProvider scheme={preferences.colourScheme} density={preferences.density}>
      <WordsProvider locale={preferences.locale} onMissing={onMissingWord}>
        {answer.state === 'here' ? <Phase app={answer.value} start={start} /> : null}
        {answer.state === 'refused' ? (
          <main className="gate gate-narrow">
            <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge />
          </main>
        ) : null}
      </WordsProvider>
    </KitProvider>
  );
}

/**
 * The operator's window from its bridge down: the same in the application and in the gallery. With `first` it stands at once;
 * `onStanding` hears that its parts answer to whoever presses them.
 */
export function OperatorWindow({
  bridge,
  clock,
  first,
  onStanding,
  start = { page: 'queue', caseId: null },
  onMissingWord,
}: WindowProps): ReactNode {
  useEffect(() => onStanding?.(), [onStanding]);
  return (
    <BridgeProvider bridge={bridge} clock={clock} first={first}>
      <Root start={start} onMissingWord={onMissingWord} />
    </BridgeProvider>
  );
}
