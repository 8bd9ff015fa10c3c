/** Why a picture of the window is kept; the words stand in the language of the person and become part of the evidence. */
export const screenshotReasons = ['dispute', 'suspicion', 'malfunction', 'request', 'other'] as const;
export type ScreenshotReason = (typeof screenshotReasons)[number];

/** A descriptor takes 300 characters; the longest reason and this note fit. */
export const noteLengthMax = 200;

/** What is kept as the reason, or `null` while something is missing. */
export function reasonText(reason: ScreenshotReason | null, word: string, note: string): string | null {
  const said = note.trim();
  if (reason === null || (reason === 'other' && said === '')) return null;
  if (reason === 'other') return said;
  return said === '' ? word : `${word}: ${said}`;
}
