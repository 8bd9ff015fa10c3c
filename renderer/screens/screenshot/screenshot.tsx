import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import type { ScreenshotView } from '../../../contracts/ipc/index.ts';
import type { Refusal } from '../../../core/kernel/index.ts';
import { callSafely, useBridge } from '../../bridge/index.ts';
import { RefusalBox, Sheet, useKeys } from '../../kit/index.ts';
import { usePlace } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { ScreenshotForm } from './screenshot-form.tsx';

type Shown =
  | { readonly kind: 'picture'; readonly view: ScreenshotView; readonly caseId: string | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Screenshot = { readonly take: () => void };

const ScreenshotContext = createContext<Screenshot | undefined>(undefined);

/** Takes a picture of the window and asks why it is kept. */
export function useScreenshot(): Screenshot {
  const screenshot = useContext(ScreenshotContext);
  if (screenshot === undefined) throw new Error('screenshot: no provider above');
  return screenshot;
}

/** Where a person is decides which case the picture belongs to. */
function useTaking(): { readonly shown: Shown | null; readonly take: () => void; readonly close: () => void } {
  const bridge = useBridge();
  const place = usePlace();
  const caseId = place.page === 'queue' ? place.caseId : null;
  const [shown, setShown] = useState<Shown | null>(null);
  const isBusy = useRef(false);
  const take = useCallback(() => {
    if (isBusy.current) return;
    isBusy.current = true;
    // The picture is taken before anything of ours opens, so that it shows what the person saw.
    void callSafely(bridge, 'screenshot.take', null).then((taken) =>
      setShown(taken.ok ? { kind: 'picture', view: taken.value, caseId } : { kind: 'refused', refusal: taken.refusal }),
    );
  }, [bridge, caseId]);
  const close = useCallback(() => {
    isBusy.current = false;
    setShown(null);
    if (shown?.kind === 'picture') void callSafely(bridge, 'screenshot.drop', { id: shown.view.id });
  }, [bridge, shown]);
  return { shown, take, close };
}

/** The key, and the sheet that shows what would be kept. Closing it keeps nothing, and whatever stood behind it is as it was. */
export function ScreenshotProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const words = useWords();
  const { shown, take, close } = useTaking();
  const value = useMemo(() => ({ take }), [take]);
  useKeys({ 'ctrl+shift+KeyS': take });
  return (
    <ScreenshotContext value={value}>
      {children}
      <Sheet
        title={words('screenshot.title')}
        closeName={words('action.close')}
        isWide
        isOpen={shown !== null}
        onClose={close}
      >
        {shown?.kind === 'refused' ? <RefusalBox refusal={shown.refusal} /> : null}
        {shown?.kind === 'picture' ? <ScreenshotForm view={shown.view} caseId={shown.caseId} onClose={close} /> : null}
      </Sheet>
    </ScreenshotContext>
  );
}
