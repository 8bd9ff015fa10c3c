import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { AppView, ScreenBridge } from '../../contracts/ipc/index.ts';
import { askAgain } from './ask-again.ts';

/** The time as the window reads it; made in `boot`, so that the gallery stands still. */
export type Clock = () => number;

const BridgeContext = createContext<{ readonly bridge: ScreenBridge; readonly clock: Clock } | undefined>(undefined);

function useContextOrThrow(): { readonly bridge: ScreenBridge; readonly clock: Clock } {
  const value = useContext(BridgeContext);
  if (value === undefined) throw new Error('bridge: no provider above');
  return value;
}

export function useBridge(): ScreenBridge {
  return useContextOrThrow().bridge;
}

export function useClock(): Clock {
  return useContextOrThrow().clock;
}

const tickMs = 20_000;

/** The present moment for ages and countdowns; moves on every 20 s, which is fine enough for minutes. */
export function useNow(): number {
  const clock = useClock();
  const [nowMs, setNowMs] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(clock()), tickMs);
    return () => clearInterval(timer);
  }, [clock]);
  return nowMs;
}

/** Answers live in memory only and are asked for again when main says that something changed, never by the network's state. */
function newQueryClient(first: AppView | undefined): QueryClient {
  const common = { networkMode: 'always', retry: false } as const;
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        ...common,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
      mutations: common,
    },
  });
  if (first !== undefined) client.setQueryData(['app.get', null], { ok: true, value: first });
  return client;
}

const changes = {
  'app.changed': ['app.get'],
  'cases.changed': [
    ...['cases.list', 'cases.get', 'acts.preview'],
    // A change of rights is a case too.
    ...['changes.list', 'changes.get', 'people.list', 'people.get', 'people.acts', 'people.blockedActs'],
    ...['policies.list', 'policies.get', 'devices.list'],
  ],
  'journal.changed': ['journal.list', 'journal.get'],
  'evidence.changed': ['evidence.list'],
  'certificates.changed': ['certificates.list'],
} as const;

function useInvalidation(bridge: ScreenBridge, client: QueryClient): void {
  useEffect(() => {
    const stops = (Object.keys(changes) as (keyof typeof changes)[]).map((event) =>
      bridge.on(event, () => {
        for (const verb of changes[event]) askAgain(client, verb);
      }),
    );
    // What the window was made with is older than the ear that has just been lent.
    askAgain(client, 'app.get');
    return () => {
      for (const stop of stops) stop();
    };
  }, [bridge, client]);
}

const keptWhileClosed: readonly unknown[] = ['app.get', 'certificates.list'];

/** Drops what the page knows of cases and of the journal as soon as the shift is over: a locked window remembers nothing. */
export function useForgetting({ isOpen }: { readonly isOpen: boolean }): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isOpen) client.removeQueries({ predicate: ({ queryKey }) => !keptWhileClosed.includes(queryKey[0]) });
  }, [client, isOpen]);
}

/** Gives the door to main and the clock to everything below. With `first`, what main said of the application, nobody waits for that. */
export function BridgeProvider(props: {
  readonly bridge: ScreenBridge;
  readonly clock: Clock;
  readonly first?: AppView | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const { bridge, clock, first, children } = props;
  const [client] = useState(() => newQueryClient(first));
  useInvalidation(bridge, client);
  return (
    <BridgeContext value={{ bridge, clock }}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </BridgeContext>
  );
}
