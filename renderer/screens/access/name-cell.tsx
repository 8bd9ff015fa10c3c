import type { ReactNode } from 'react';

/** What a column of a large screen has room for. */
const roomMax = 44;

/**
 * A name in a row of a table, whole on hover. One that is longer than the column has room for, in characters, stands in two small
 * lines, so that two people are told apart in a table too.
 */
export function NameCell({ name, room = 28 }: { readonly name: string; readonly room?: number }): ReactNode {
  const look = name.length > roomMax ? 'row-name-long' : name.length > room ? 'row-name-long row-name-near' : 'cut';
  return (
    <span className={`row-name ${look}`} title={name}>
      {name}
    </span>
  );
}
