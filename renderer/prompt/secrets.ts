/** Takes what was typed as UTF-8 bytes and empties the field. `null` for an empty field. The caller wipes the bytes. */
export function takeSecret(field: { value: string } | null): Uint8Array<ArrayBuffer> | null {
  if (field === null || field.value === '') return null;
  const bytes = new TextEncoder().encode(field.value);
  // The string itself cannot be wiped in a page; the field at least shows and keeps nothing (57-26.2, 57-26.3).
  field.value = '';
  return bytes;
}

/** Overwrites bytes that have been handed over. */
export function wipe(...secrets: readonly (Uint8Array<ArrayBuffer> | null)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

export function areSame(a: Uint8Array<ArrayBuffer> | null, b: Uint8Array<ArrayBuffer> | null): boolean {
  if (a === null || b === null || a.length !== b.length) return false;
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
