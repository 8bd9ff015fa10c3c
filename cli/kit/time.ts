/** ISO 8601 in UTC to the second. */
export const timeText = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/u, 'Z');
