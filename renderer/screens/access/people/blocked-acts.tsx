import type { ReactNode } from 'react';
import type { PersonView, ScreenOutput } from '../../../../contracts/ipc/index.ts';
import { useAnswer, type Answer } from '../../../bridge/index.ts';
import { Note, Part, RefusalBox, Skeleton } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { BlockedActState, BlockedActWords, useDeviceNames, type BlockedAct } from '../blocked-act.tsx';

export type BlockedActs = Answer<ScreenOutput<'people.blockedActs'>>;

/** What somebody sent after he was blocked or dismissed; `null` for whoever never was. */
export function useBlockedActs({ record, block, changes }: PersonView): BlockedActs | null {
  const isEver =
    block !== null ||
    record.standing === 'dismissed' ||
    changes.some(({ what }) => what === 'blocked' || what === 'dismissed');
  const answer = useAnswer('people.blockedActs', { iin: record.iin }, { isEnabled: isEver });
  return isEver ? answer : null;
}

/** Those that nobody let in yet. */
export const openActs = (acts: BlockedActs | null): readonly BlockedAct[] =>
  acts?.state === 'here' ? acts.value.items.filter(({ told }) => told.released === null) : [];

/** Says over everything else that something was received after the block, and what may happen to it. */
export function BlockedActsNote({ acts }: { readonly acts: BlockedActs | null }): ReactNode {
  const words = useWords();
  const count = openActs(acts).length;
  return count === 0 ? null : <Note tone="waiting">{words('blocked.note', { count })}</Note>;
}

function List({ items }: { readonly items: readonly BlockedAct[] }): ReactNode {
  const words = useWords();
  const deviceName = useDeviceNames();
  if (items.length === 0) return <p className="quiet">{words('blocked.none')}</p>;
  return (
    <>
      <ul className="plain-list blocked-acts">
        {items.map((act) => (
          <li key={act.hash} className="blocked-act">
            <BlockedActWords act={act} deviceName={deviceName(act.device)} />
            <BlockedActState told={act.told} />
          </li>
        ))}
      </ul>
      <p className="quiet small">{words('blocked.verified')}</p>
    </>
  );
}

/** Everything that was received after the block, with what became of it. */
export function BlockedActsPart({ acts }: { readonly acts: BlockedActs | null }): ReactNode {
  const words = useWords();
  if (acts === null) return null;
  return (
    <Part title={words('blocked.title')}>
      {acts.state === 'waiting' ? <Skeleton name={words('loading')} lines={3} /> : null}
      {acts.state === 'refused' ? <RefusalBox refusal={acts.refusal} onAgain={acts.again} /> : null}
      {acts.state === 'here' ? <List items={acts.value.items} /> : null}
    </Part>
  );
}
