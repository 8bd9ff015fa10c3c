import { useRef, type ReactNode } from 'react';
import type { PersonView, ScreenOutput } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { Empty, formatCount, IconSignature, RefusalBox, Skeleton, useKeys } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { matterOfRelease, useMemory } from '../../memory.tsx';
import { BlockedActState, BlockedActWords, useDeviceNames, type BlockedAct } from '../blocked-act.tsx';
import { Decision, ProposalFrame, Why } from './proposal-frame.tsx';
import { chosenOf, releaseAct, releaseFaults, startRelease, toggled, type ReleaseDraft } from './release-draft.ts';
import { editField, undo } from './steps.ts';

type ListProps = {
  readonly acts: readonly BlockedAct[];
  readonly chosen: readonly string[];
  readonly onToggle: (hash: string) => void;
};

function Choice({
  act,
  chosen,
  onToggle,
  deviceName,
}: Omit<ListProps, 'acts'> & { readonly act: BlockedAct; readonly deviceName: string }): ReactNode {
  return (
    <li>
      <label className="blocked-act blocked-choice">
        <input
          type="checkbox"
          checked={chosen.includes(act.hash)}
          disabled={act.told.released !== null}
          onChange={() => onToggle(act.hash)}
        />
        <BlockedActWords act={act} deviceName={deviceName} />
        <BlockedActState told={act.told} />
      </label>
    </li>
  );
}

/** Each act is chosen by itself: there is no button that lets all of them in. */
function List({ acts, ...rest }: ListProps): ReactNode {
  const words = useWords();
  const deviceName = useDeviceNames();
  const list = useRef<HTMLUListElement>(null);
  const move = (step: number): void => {
    const boxes = [...(list.current?.querySelectorAll<HTMLInputElement>('input:enabled') ?? [])];
    const at = boxes.findIndex((box) => box === document.activeElement);
    const next = at < 0 ? 0 : Math.min(boxes.length - 1, Math.max(0, at + step));
    boxes[next]?.focus();
  };
  useKeys({ KeyJ: () => move(1), KeyK: () => move(-1) });
  return (
    <ul ref={list} className="plain-list blocked-acts" aria-label={words('release.list')}>
      {acts.map((act) => (
        <Choice key={act.hash} act={act} deviceName={deviceName(act.device)} {...rest} />
      ))}
    </ul>
  );
}

function Form(list: ListProps): ReactNode {
  const words = useWords();
  const open = list.acts.filter(({ told }) => told.released === null);
  if (open.length === 0)
    return (
      <Empty
        icon={<IconSignature size={28} aria-hidden />}
        title={words('release.empty')}
        text={words('release.emptyText')}
      />
    );
  return (
    <div className="release">
      <p className="quiet small">{words('release.text')}</p>
      <p className="num" role="status">
        {words('release.progress', { done: formatCount(list.chosen.length), all: formatCount(open.length) })}
      </p>
      <List {...list} />
      <p className="quiet small">{words('blocked.verified')}</p>
    </div>
  );
}

function Outcome({ name, acts, chosen }: { readonly name: string } & Pick<ListProps, 'acts' | 'chosen'>): ReactNode {
  const words = useWords();
  return (
    <>
      <p>{words('release.chosen', { count: chosen.length })}</p>
      <ul className="advice">
        {acts
          .filter(({ hash }) => chosen.includes(hash))
          .map(({ hash, type, told }) => (
            <li key={hash}>
              {words.act(type)} <span className="num">{told.number ?? ''}</span>
            </li>
          ))}
      </ul>
      <p>{words('release.stays', { name })}</p>
    </>
  );
}

type Of = { readonly record: PersonView['record']; readonly blocked: ScreenOutput<'people.blockedActs'> };

function Proposal({ record, blocked }: Of): ReactNode {
  const words = useWords();
  const go = useGo();
  const { proposalOf, setProposal } = useMemory();
  const { iin, name } = record;
  const matter = matterOfRelease(iin);
  const held = proposalOf(matter);
  const draft = held?.of === 'release' ? held : startRelease();
  const set = (changed: ReleaseDraft): void => setProposal(matter, changed);
  const open = blocked.items.filter(({ told }) => told.released === null);
  const chosen = chosenOf(draft, open);
  const act = blocked.propose === null ? releaseAct(draft, iin, open) : null;
  return (
    <ProposalFrame
      title={words('propose.title.release')}
      subtitle={name}
      matter={matter}
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'people', id: iin })}
      form={
        <Form
          acts={blocked.items}
          chosen={chosen}
          onToggle={(hash) => set(editField(draft, 'chosen', toggled(draft, hash)))}
        />
      }
      decision={
        <Decision act={act} faults={releaseFaults(draft, open).map(({ id }) => words(`fault.${id}`))}>
          {blocked.propose === null ? null : <RefusalBox refusal={blocked.propose} />}
          <Outcome name={name} acts={open} chosen={chosen} />
          <Why fields={draft.fields} onChange={(field, value) => set(editField(draft, field, value))} />
        </Decision>
      }
    />
  );
}

function OfPerson({ iin }: { readonly iin: string }): ReactNode {
  const words = useWords();
  const person = useAnswer('people.get', { iin });
  const blocked = useAnswer('people.blockedActs', { iin });
  if (person.state === 'here' && blocked.state === 'here')
    return <Proposal record={person.value.record} blocked={blocked.value} />;
  const refused = person.state === 'refused' ? person : blocked.state === 'refused' ? blocked : null;
  return (
    <div className="case-wait">
      {refused === null ? (
        <Skeleton name={words('loading')} lines={8} />
      ) : (
        <RefusalBox refusal={refused.refusal} onAgain={refused.again} isLarge />
      )}
    </div>
  );
}

/** What a blocked person sent, and what of it two people let in: nothing counts before both have signed. */
export function ReleaseProposal({ iin }: { readonly iin: string | null }): ReactNode {
  const words = useWords();
  if (iin !== null) return <OfPerson key={iin} iin={iin} />;
  return (
    <div className="case-wait">
      <Empty
        icon={<IconSignature size={28} aria-hidden />}
        title={words('people.choose')}
        text={words('people.chooseText')}
      />
    </div>
  );
}
