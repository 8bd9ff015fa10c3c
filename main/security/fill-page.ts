/** What stands in the places of a page: plain text by the name of the place. */
export type PageValues = Readonly<Record<string, string>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

/** Fills nonce and places in one pass, so that no value is ever read as a place; values are text, never markup. */
export function fillPage(page: string, nonce: string, values: PageValues): string {
  return page.replace(/__CSP_NONCE__|\{\{([a-zA-Z]+)\}\}/gu, (_place, name?: string) =>
    name === undefined ? nonce : (values[name] ?? '').replace(/[&<>"']/gu, (sign) => entities[sign] ?? ''),
  );
}
