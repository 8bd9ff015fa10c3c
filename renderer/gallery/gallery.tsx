import { useState, type ReactNode } from 'react';
import type { AppView } from '../../contracts/ipc/index.ts';
import { PromptWindow } from '../prompt/index.ts';
import { OperatorWindow } from '../shell/index.ts';
import type { Locale } from '../words/index.ts';
import { nowMs } from './fixtures/cases.ts';
import { memoryBridge } from './fixtures/memory-bridge.ts';
import { memoryPrompt } from './fixtures/prompts.ts';
import type { PromptState } from './fixtures/prompt-states.ts';
import { states, type OperatorState } from './states.ts';

type Preferences = AppView['preferences'];

const locales: readonly Locale[] = ['kk', 'ru', 'en'];

/** Reads what the address asks for; whatever is missing is as in the fixtures. */
export function wantedOf(query: string): { readonly name: string | null; readonly preferences: Preferences } {
  const wanted = new URLSearchParams(query);
  return {
    name: wanted.get('state'),
    preferences: {
      locale: locales.find((locale) => locale === wanted.get('locale')) ?? 'kk',
      colourScheme: wanted.get('scheme') === 'dark' ? 'dark' : 'light',
      density: wanted.get('density') === 'comfortable' ? 'comfortable' : 'compact',
    },
  };
}

type Missing = (message: string) => void;

function Operator(props: {
  readonly state: OperatorState;
  readonly preferences: Preferences;
  readonly onMissing: Missing;
}): ReactNode {
  const [bridge] = useState(() => {
    const world = props.state.world();
    return memoryBridge({ ...world, app: { ...world.app, preferences: props.preferences } });
  });
  return (
    <OperatorWindow bridge={bridge} clock={() => nowMs} start={props.state.start} onMissingWord={props.onMissing} />
  );
}

function Prompt(props: {
  readonly state: PromptState;
  readonly preferences: Preferences;
  readonly onMissing: Missing;
}): ReactNode {
  const { state, preferences } = props;
  const [bridge] = useState(() =>
    memoryPrompt({ ...state.view, locale: preferences.locale, colourScheme: preferences.colourScheme }, state),
  );
  return <PromptWindow bridge={bridge} onMissingWord={props.onMissing} />;
}

function Index(): ReactNode {
  return (
    <nav>
      <ul>
        {Object.keys(states).map((name) => (
          <li key={name}>
            <a href={`?state=${name}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** One state as a whole window, or the list of all; words that are missing are told to `onMissing`. */
export function Gallery({ query, onMissing }: { readonly query: string; readonly onMissing: Missing }): ReactNode {
  const { name, preferences } = wantedOf(query);
  const state = name === null ? undefined : states[name];
  if (state === undefined) return <Index />;
  if (state.kind === 'prompt') return <Prompt state={state} preferences={preferences} onMissing={onMissing} />;
  return <Operator state={state} preferences={preferences} onMissing={onMissing} />;
}
