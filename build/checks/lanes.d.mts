export type Counts = {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
};

export function inLanes(
  names: readonly string[],
  options: {
    readonly lanes: number;
    readonly isAlone: (name: string) => boolean;
    readonly work: (name: string) => Promise<Counts>;
  },
): Promise<readonly Counts[]>;
