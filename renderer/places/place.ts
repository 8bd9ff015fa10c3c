/**
 * `propose…` are the forms of changes: of the person, the alarm or the device that is named, of a new person, of the policy, of everybody, and
 * of what a blocked person sent.
 */
export const accessParts = [
  ...['waiting', 'people', 'roles', 'devices', 'policies'],
  ...['propose', 'propose-alarm', 'propose-device', 'propose-policy', 'propose-review', 'propose-release'],
] as const;
export const accountParts = ['record', 'sessions'] as const;
export type AccessPart = (typeof accessParts)[number];
export type AccountPart = (typeof accountParts)[number];

/** Where a person is in the operator's window. */
export type Place =
  | { readonly page: 'queue'; readonly caseId: string | null }
  | { readonly page: 'journal'; readonly sequence: number | null }
  | { readonly page: 'evidence'; readonly sequence: number | null }
  | { readonly page: 'log'; readonly index: number | null }
  | { readonly page: 'access'; readonly part: AccessPart; readonly id: string | null }
  | { readonly page: 'account'; readonly part: AccountPart }
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
  if (place.page === 'account') return `/account/${place.part}`;
  if (place.page === 'access')
    return `/access/${place.part}${place.id === null ? '' : `/${encodeURIComponent(place.id)}`}`;
  return `/${place.page}`;
}

const idOf = (rest: string | undefined): string | null =>
  rest === undefined || rest === '' ? null : decodeURIComponent(rest);

/** Reads a path of ours; anything else is the queue, where the day begins. */
export function placeOf(path: string): Place {
  const [, page, rest, last] = path.split('/');
  if (page === 'journal' || page === 'evidence') {
    const sequence = Number.parseInt(rest ?? '', 10);
    return { page, sequence: Number.isNaN(sequence) ? null : sequence };
  }
  if (page === 'log') {
    const index = Number.parseInt(rest ?? '', 10);
    return { page, index: Number.isNaN(index) ? null : index };
  }
  if (page === 'retention' || page === 'connection' || page === 'about') return { page };
  if (page === 'access') return { page, part: accessParts.find((part) => part === rest) ?? 'waiting', id: idOf(last) };
  if (page === 'account') return { page, part: accountParts.find((part) => part === rest) ?? 'record' };
  return { page: 'queue', caseId: idOf(rest) };
}
