import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const limits = { warnDriftMs: 5_000, refuseDriftMs: 120_000 };

function clockAt(start: number): { nowMs: () => number; monotonicMs: () => number; advance: (ms: number) => void } {
  let now = start;
  return { nowMs: () => now, monotonicMs: () => now, advance: (ms) => void (now += ms) };
}

describe('the clock of the server as the workstation knows it', () => {
  it('says nothing before the first contact and lets offline work go on', () => {
    const clock = new ServerClock(clockAt(1_000_000));
    expect(clock.state(limits)).toEqual({ driftMs: null, state: 'unknown' });
    expect(clock.allowsSigning(limits).ok).toBe(true);
  });

  it('warns from five seconds and refuses to sign from two minutes', () => {
    const drifts = [0, 4_999, 5_000, 119_999, 120_000].map((driftMs) => {
      const machine = clockAt(1_000_000 + driftMs);
      const clock = new ServerClock(machine);
      clock.learn(1_000_000, machine.nowMs());
      return [clock.state(limits).state, clock.allowsSigning(limits).ok];
    });
    expect(drifts).toEqual([
      ['good', true],
      ['good', true],
      ['warn', true],
      ['warn', true],
      ['refused', false],
    ]);
  });

  it('does not take a slow line for a wrong clock', () => {
    const machine = clockAt(1_000_000);
    const clock = new ServerClock(machine);
    machine.advance(8_000);
    clock.learn(1_000_000, 1_000_000);
    expect(clock.state(limits).state).toBe('good');
  });

  it('gives the time of the server while its own clock is wrong', () => {
    const machine = clockAt(1_000_000 + 60_000);
    const clock = new ServerClock(machine);
    clock.learn(1_000_000, machine.nowMs());
    expect(clock.serverNowMs()).toBe(1_000_000);
  });
});
