import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { askAgain } from './ask-again.ts';

type Asked = { readonly answer: (value: string) => void };

/** A list on a screen whose answers come when the test says so. */
function watchedList() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  const asked: Asked[] = [];
  const queryFn = (): Promise<string> => new Promise((answer) => asked.push({ answer }));
  const observer = new QueryObserver(client, { queryKey: ['cases.list', { offset: 0 }], queryFn });
  const stop = observer.subscribe(() => undefined);
  return { client, asked, shown: () => observer.getCurrentResult().data, stop };
}

/** Lets every promise that stands ready go on. */
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('a list of which main says that it changed', () => {
  it('is asked for once more after a first answer that was on its way when it changed', async () => {
    const { client, asked, shown, stop } = watchedList();
    askAgain(client, 'cases.list');
    asked[0]?.answer('before the change');
    await settled();
    expect(asked).toHaveLength(2);
    asked[1]?.answer('after the change');
    await settled();
    expect(shown()).toBe('after the change');
    expect(asked).toHaveLength(2);
    stop();
  });

  it('is asked for once where nothing was on its way, and keeps what it shows until then', async () => {
    const { client, asked, shown, stop } = watchedList();
    asked[0]?.answer('first');
    await settled();
    askAgain(client, 'cases.list');
    await settled();
    expect(asked).toHaveLength(2);
    expect(shown()).toBe('first');
    asked[1]?.answer('second');
    await settled();
    expect(shown()).toBe('second');
    expect(asked).toHaveLength(2);
    stop();
  });

  it('takes the answer that was asked for last where a later one was on its way already', async () => {
    const { client, asked, shown, stop } = watchedList();
    asked[0]?.answer('first');
    await settled();
    askAgain(client, 'cases.list');
    askAgain(client, 'cases.list');
    await settled();
    expect(asked).toHaveLength(3);
    asked[2]?.answer('third');
    asked[1]?.answer('second');
    await settled();
    expect(shown()).toBe('third');
    stop();
  });
});
