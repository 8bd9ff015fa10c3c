/** Memory that is used again and again instead of being made for each use: the collector would have to look for it each time. */
export type MemoryPool = {
  /** `sizeBytes` of memory; what was in it before is still there. */
  readonly take: () => Buffer;
  /** Gives memory back that nobody reads or writes any more. */
  readonly give: (memory: Buffer) => void;
};

/** A pool of memories of one size. It keeps `idleMax`; more may be out, and are left to the collector. */
export function createMemoryPool(sizeBytes: number, idleMax: number): MemoryPool {
  const idle: Buffer[] = [];
  return {
    take: () => idle.pop() ?? Buffer.allocUnsafeSlow(sizeBytes),
    give: (memory) => {
      if (idle.length < idleMax) idle.push(memory);
    },
  };
}
