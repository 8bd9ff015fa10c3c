import { renderToString } from 'react-dom/server';
import type { AppView, ScreenBridge } from '../../contracts/ipc/index.ts';
import { OperatorWindow } from '../shell/index.ts';
import { locales, type Locale } from '../words/index.ts';
import { screenOf } from './first-screen.ts';

// Runs when the pages are built, never in a window: draws the screens that the application can start with, once for each
// language. Places in braces are filled by main with what this workstation knows of itself.

const nothing: ScreenBridge = { call: () => new Promise(() => undefined), on: () => () => undefined };

function viewOf(phase: 'not-enrolled' | 'locked', locale: Locale): AppView {
  const isBound = phase === 'locked';
  return {
    phase,
    quarantine: null,
    profile: isBound ? 'production' : null,
    operatorName: isBound ? '{{operatorName}}' : null,
    device: isBound ? { id: 'device', name: '{{deviceName}}', fingerprint: null } : null,
    staff: null,
    lockedBy: null,
    preferences: { locale, colourScheme: 'light', density: 'compact' },
    demoCredentials: [],
    version: '{{version}}',
    status: {
      card: { state: 'absent', label: null },
      failedModules: [],
      server: { state: 'closed', since: null, url: null, refusal: null },
      outbox: { waiting: 0, overdue: 0 },
      evidence: { waiting: 0, paused: 0, refused: 0, percent: null },
      terms: { endsAtMs: null, review: null },
      log: { lastIndex: null, treeSize: null, checkedAtMs: null, mirrors: [] },
      clock: { driftMs: null, state: 'unknown' },
      alarms: [],
      emergencies: 0,
    },
  };
}

export type DrawnScreen = { readonly name: string; readonly locale: Locale; readonly html: string };

/** Every first screen as HTML for the root of the page. */
export function drawFirstScreens(): readonly DrawnScreen[] {
  return (['not-enrolled', 'locked'] as const).flatMap((phase) =>
    locales.map((locale) => {
      const view = viewOf(phase, locale);
      const html = renderToString(<OperatorWindow bridge={nothing} clock={() => 0} first={view} />);
      return { name: screenOf(view), locale, html };
    }),
  );
}
