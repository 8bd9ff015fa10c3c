import type { ReactNode } from 'react';
import type { CaseSummary } from '../../../contracts/ipc/index.ts';
import { formatTime, IconClock, IconFlag, IconUser, Shape, Tip } from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { ageWords, caseTones, shortNumber } from '../status-words.ts';

function Mark(props: { readonly name: string; readonly className: string; readonly children: ReactNode }): ReactNode {
  return (
    <Tip text={props.name}>
      <span className={`row-mark ${props.className}`} role="img" aria-label={props.name}>
        {props.children}
      </span>
    </Tip>
  );
}

function claimWords(words: Words, item: CaseSummary): string | undefined {
  if (item.claimedBy === null) return undefined;
  return item.claimedBy.isMe ? words('queue.claimedMe') : words('queue.claimedBy', { name: item.claimedBy.name });
}

/** One case in one line: state, number, who, what to look at, who holds it, how old it is. */
export function CaseRow({ item, nowMs }: { readonly item: CaseSummary; readonly nowMs: number }): ReactNode {
  const words = useWords();
  const claim = claimWords(words, item);
  return (
    <>
      <Shape tone={caseTones[item.status]} name={words(`case-status.${item.status}`)} />
      <span className="row-number num" title={item.number}>
        {shortNumber(item.number, nowMs)}
      </span>
      <span className="row-name cut">{item.name}</span>
      {item.flags > 0 ? (
        <Mark name={words('queue.flags', { count: item.flags })} className="tone-alarm">
          <IconFlag size={14} aria-hidden />
          <span className="num">{item.flags}</span>
        </Mark>
      ) : null}
      {claim === undefined ? null : (
        <Mark name={claim} className={item.claimedBy?.isMe === true ? 'tone-active' : 'tone-quiet'}>
          <IconUser size={14} aria-hidden />
        </Mark>
      )}
      {item.isPending ? (
        <Mark name={words('queue.pending')} className="tone-waiting">
          <IconClock size={14} aria-hidden />
        </Mark>
      ) : null}
      <span className="row-age num quiet small" title={formatTime(item.submittedAtMs)}>
        {ageWords(words, nowMs - item.submittedAtMs)}
      </span>
    </>
  );
}
