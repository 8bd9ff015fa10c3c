/** Lets the clock of this process, which goes on, be put ahead until it is undone. */
export function playClock() {
  const real = Date.now;
  let aheadMs = 0;
  Date.now = () => real() + aheadMs;
  return {
    ahead: (ms: number): void => void (aheadMs += ms),
    [Symbol.dispose]: (): void => void (Date.now = real),
  };
}
