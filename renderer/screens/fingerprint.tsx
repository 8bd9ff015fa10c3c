import type { ReactNode } from 'react';
import { groupsOf } from '../../core/signing/index.ts';
import { useWords } from '../words/index.ts';

/** Sixteen groups of four, in four lines: as many as the eye keeps while it goes from one screen to another. */
export function Fingerprint({ value }: { readonly value: string }): ReactNode {
  const words = useWords();
  const groups = groupsOf(value).split(' ');
  return (
    <ol className="fingerprint mono selectable" aria-label={words('device.fingerprint')}>
      {groups.map((group, at) => (
        // A hash may hold the same group twice.
        // eslint-disable-next-line react/no-array-index-key
        <li key={at}>{group}</li>
      ))}
    </ol>
  );
}
