import type { ReactNode } from 'react';
import { useWaitingForMe } from '../../bridge/index.ts';
import { formatCount } from '../../kit/index.ts';
import { useGo, type Place } from '../../places/index.ts';
import { useWords, type WordId } from '../../words/index.ts';

type PartLink = {
  readonly name: WordId;
  readonly to: Place;
  readonly isHere: boolean;
  /** How many things wait there. */
  readonly count?: number;
};

function PartNav({ label, links }: { readonly label: string; readonly links: readonly PartLink[] }): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <nav className="part-nav" aria-label={label}>
      {links.map(({ name, to, isHere, count = 0 }) => (
        <button
          key={name}
          type="button"
          className="part-link"
          aria-current={isHere ? 'page' : undefined}
          onClick={() => go(to)}
        >
          {words(name)}
          {count === 0 ? null : <span className="part-count num">{formatCount(count)}</span>}
        </button>
      ))}
    </nav>
  );
}

/** Under which part a form stands. */
const homes: Readonly<Record<string, string>> = {
  propose: 'people',
  'propose-alarm': 'waiting',
  'propose-review': 'people',
  'propose-release': 'people',
  'propose-device': 'devices',
  'propose-policy': 'policies',
};
const parts = ['waiting', 'people', 'roles', 'devices', 'policies'] as const;
/** Over the pages of rights: what waits for a second signature is counted wherever the person is. */
export function AccessNav({ part }: { readonly part: string }): ReactNode {
  const words = useWords();
  const count = useWaitingForMe();
  const links = parts.map((one): PartLink => ({
    name: `access.part.${one}`,
    to: { page: 'access', part: one, id: null },
    isHere: one === (homes[part] ?? part),
    ...(one === 'waiting' ? { count } : {}),
  }));
  return <PartNav label={words('nav.access')} links={links} />;
}

/** Over the pages of the own account. */
export function AccountNav({ part }: { readonly part: string }): ReactNode {
  const words = useWords();
  const links = (['record', 'sessions'] as const).map((one): PartLink => ({
    name: `account.part.${one}`,
    to: { page: 'account', part: one },
    isHere: one === part,
  }));
  return <PartNav label={words('nav.account')} links={links} />;
}
