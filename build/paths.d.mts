export const root: string;
export function inRoot(...parts: readonly string[]): string;
export const runtimeFolder: string;
export const compiledFolder: string;
export const node24: string;
