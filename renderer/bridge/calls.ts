import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ScreenBridge, ScreenInput, ScreenOutput, ScreenVerb } from '../../contracts/ipc/index.ts';
import type { Refusal, Result } from '../../core/kernel/index.ts';
import { askAgain } from './ask-again.ts';
import { useBridge } from './context.tsx';

/** What a screen knows of an answer: still waiting, refused by name, or there. */
export type Answer<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly refusal: Refusal; readonly again: () => void }
  | { readonly state: 'here'; readonly value: T; readonly again: () => void };

/** Calls main; a door that fails as a bug is one more refusal here, since a page has nothing better to show. */
export async function callSafely<V extends ScreenVerb>(
  bridge: ScreenBridge,
  verb: V,
  input: ScreenInput<V>,
): Promise<Result<ScreenOutput<V>>> {
  try {
    return await bridge.call(verb, input);
  } catch {
    return { ok: false, refusal: { code: 'internal' } };
  }
}

/** Asks main and stays up to date by its events. `keep` shows the last answer while the next one is on its way. */
export function useAnswer<V extends ScreenVerb>(
  verb: V,
  input: ScreenInput<V>,
  options: { readonly keep?: boolean; readonly isEnabled?: boolean } = {},
): Answer<ScreenOutput<V>> {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: [verb, input],
    queryFn: () => callSafely(bridge, verb, input),
    enabled: options.isEnabled ?? true,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  });
  const { data } = query;
  if (data === undefined) return { state: 'waiting' };
  const again = (): void => void query.refetch();
  return data.ok ? { state: 'here', value: data.value, again } : { state: 'refused', refusal: data.refusal, again };
}

export type Command<V extends ScreenVerb> = {
  readonly run: (input: ScreenInput<V>) => Promise<Result<ScreenOutput<V>>>;
  readonly isRunning: boolean;
  readonly refusal: Refusal | null;
  readonly value: ScreenOutput<V> | null;
  /** For a verb that answers nothing. */
  readonly isDone: boolean;
  readonly forget: () => void;
};

/** A verb that changes something: run once at a time, its refusal stays until it is run again or forgotten. */
export function useCommand<V extends ScreenVerb>(verb: V): Command<V> {
  const bridge = useBridge();
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (input: ScreenInput<V>) => callSafely(bridge, verb, input),
    onSettled: () => askAgain(client, 'app.get'),
  });
  const { data } = mutation;
  return {
    run: (input) => mutation.mutateAsync(input),
    isRunning: mutation.isPending,
    refusal: data?.ok === false && data.refusal.code !== 'cancelled' ? data.refusal : null,
    value: data?.ok === true ? data.value : null,
    isDone: data?.ok === true,
    forget: () => mutation.reset(),
  };
}
