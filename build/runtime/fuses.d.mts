export const fuseNames: readonly string[];
export function readFuses(file: string): Readonly<Record<string, boolean | undefined>>;
