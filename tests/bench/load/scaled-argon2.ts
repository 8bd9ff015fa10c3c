import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** What each stretch of a storm costs instead of the real one: a hundred thousand of those take an hour of two cores. */
const scaled = { memory: 64, passes: 1, parallelism: 1 };

/** Makes every stretch of this process cheap until it is undone; what it stretches fits in a process that did the same alone. */
export function scaleArgon2(): Disposable {
  const real = crypto.argon2;
  const cheap = (...[algorithm, parameters, done]: Parameters<typeof real>): void =>
    real(algorithm, { ...parameters, ...scaled }, done);
  crypto.argon2 = cheap;
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]: () => {
      crypto.argon2 = real;
      syncBuiltinESMExports();
    },
  };
}
