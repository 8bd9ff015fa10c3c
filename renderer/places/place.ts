/** Where a person is in the operator's window. */
export type Place =
  | { readonly page: 'queue'; readonly caseId: string | null }
  | { readonly page: 'journal'; readonly sequence: number | null }
  | { readonly page: 'evidence'; readonly sequence: number | null }
  | { readonly page: 'log'; readonly index: number | null }
  | { readonly page: 'retention' }
  | { readonly page: 'connection' }
  | { readonly page: 'about' };

export type Page = Place['page'];

/** The path of a place in the window's own memory; no address bar ever shows it. */
export function pathOf(place: Place): string {
  if (place.page === 'queue') return place.caseId === null ? '/queue' : `/queue/${encodeURIComponent(place.caseId)}`;
  if (place.page === 'journal' || place.page === 'evidence')
    return place.sequence === null ? `/${place.page}` : `/${place.page}/${place.sequence}`;
  if (place.page === 'log') return place.index === null ? '/log' : `/log/${place.index}`;
  return `/${place.page}`;
}

/** Reads a path of ours; anything else is the queue, where the day begins. */
export function placeOf(path: string): Place {
  const [, page, rest] = path.split('/');
  if (page === 'journal' || page === 'evidence') {
    const sequence = Number.parseInt(rest ?? '', 10);
    return { page, sequence: Number.isNaN(sequence) ? null : sequence };
  }
  if (page === 'log') {
    const index = Number.parseInt(rest ?? '', 10);
    return { page, index: Number.isNaN(index) ? null : index };
  }
  if (page === 'retention' || page === 'connection' || page === 'about') return { page };
  return { page: 'queue', caseId: rest === undefined || rest === '' ? null : decodeURIComponent(rest) };
}
