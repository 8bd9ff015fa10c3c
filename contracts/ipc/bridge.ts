import type { Result } from '../../core/kernel/index.ts';
import type { ScreenInput, ScreenOutput, ScreenVerb } from './access.ts';
import type { OperatorEvent, OperatorInput, OperatorOutput, OperatorVerb } from './operator.ts';
import type { PromptEvent, PromptInput, PromptOutput, PromptVerb } from './prompt.ts';

/** What the preload of the operator's window puts on `window.qorgan`: named calls only, no channel names. */
export type OperatorBridge = {
  readonly call: <V extends OperatorVerb>(verb: V, input: OperatorInput<V>) => Promise<Result<OperatorOutput<V>>>;
  /** Returns the stop. */
  readonly on: (event: OperatorEvent, listener: () => void) => () => void;
};

/** What the preload of the sealed prompt puts on `window.qorganPrompt`. */
export type PromptBridge = {
  readonly call: <V extends PromptVerb>(verb: V, input: PromptInput<V>) => Promise<Result<PromptOutput<V>>>;
  readonly on: (event: PromptEvent, listener: () => void) => () => void;
};

/** The same door as the screens see it: verbs that no door answers yet are refused by the preload, and no page of the window asks them. */
export type ScreenBridge = {
  readonly call: <V extends ScreenVerb>(verb: V, input: ScreenInput<V>) => Promise<Result<ScreenOutput<V>>>;
  readonly on: OperatorBridge['on'];
};
