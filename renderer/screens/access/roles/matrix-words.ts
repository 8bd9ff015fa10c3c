import type { MatrixRow } from '../../../../core/access/index.ts';
import type { Words } from '../../../words/index.ts';

/** A row of the matrix in words: the act, the kind of change, or the stream. */
export function rowName(words: Words, { part, id }: Pick<MatrixRow, 'part' | 'id'>): string {
  if (part === 'act') return words.act(id);
  if (part === 'change') return words.known(`change.kind.${id}`) ?? id;
  return words.known(`scope.${id}`) ?? id;
}
