import type { ReactNode } from 'react';
import type { CheckView } from '../../../contracts/ipc/index.ts';
import { Shape, State } from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { checkTones } from '../status-words.ts';

const order = { fail: 0, unknown: 1, pass: 2 } as const;

const consents = ['personal-data', 'biometrics', 'retention'] as const;

/** The reason in words; consents come as ids and are named in the language of the screen. */
function whyOf(words: Words, check: CheckView): string {
  if (check.reason !== 'consents.missing') return words.check(check.reason, check.values);
  const ids = String(check.values['missing'] ?? '').split(', ');
  const names = ids.map((id) => {
    const known = consents.find((consent) => consent === id);
    return known === undefined ? id : words(`case.consent.${known}`);
  });
  return words.check(check.reason, { missing: names.join(', ') });
}

/** Every check with its reason; what did not pass comes first. */
export function ChecksTab({ checks }: { readonly checks: readonly CheckView[] }): ReactNode {
  const words = useWords();
  const sorted = checks.toSorted((a, b) => order[a.result] - order[b.result]);
  const count = (result: CheckView['result']): number => checks.filter((check) => check.result === result).length;
  return (
    <div className="tab-body">
      <p className="quiet small">
        {words('checks.summary', { pass: count('pass'), fail: count('fail'), unknown: count('unknown') })}
      </p>
      <ul className="checks">
        {sorted.map((check) => (
          <li key={check.id} className={`check check-${check.result}`}>
            <Shape tone={checkTones[check.result]} />
            <span className="check-name">{words.checkName(check.id)}</span>
            <span className="check-why selectable">{whyOf(words, check)}</span>
            {check.result === 'pass' ? (
              <span className="visually-hidden">{words('check.pass')}</span>
            ) : (
              <State tone={checkTones[check.result]}>{words(`check.${check.result}`)}</State>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
