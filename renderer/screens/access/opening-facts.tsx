import type { ReactNode } from 'react';
import type { OpeningView } from '../../../contracts/ipc/index.ts';
import { Fact, Facts, formatTime, Hash, IdentityNumber } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

/** Who opened the emergency account, when and why: what both signers read before its alarm is closed. */
export function OpeningFacts({ opening }: { readonly opening: OpeningView }): ReactNode {
  const words = useWords();
  return (
    <Facts isWide>
      <Fact name={words('alarm.opener')}>
        {opening.opener.name} <span className="quiet small">{<IdentityNumber value={opening.opener.iin} />}</span>
      </Fact>
      <Fact name={words('alarm.at')}>
        <span className="num">{formatTime(opening.openedAtMs)}</span>
      </Fact>
      <Fact name={words('alarm.reason')}>{opening.reason}</Fact>
      <Fact name={words('alarm.server')}>{opening.server}</Fact>
      <Fact name={words('alarm.leaf')}>
        <Hash value={opening.leaf} />
      </Fact>
    </Facts>
  );
}
