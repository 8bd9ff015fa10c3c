import { describe, expect, it } from 'vitest';
import { mirrorLines } from './status.ts';

const hourMs = 3_600_000;
const serverTimeMs = 1_795_400_000_000;
type Mirror = Parameters<typeof mirrorLines>[1]['mirrors'][number];

const lines = (change: Partial<Mirror>): readonly string[] =>
  mirrorLines('en', {
    serverTimeMs,
    mirrors: [{ name: 'mirror.example', size: 700, cosignedAtMs: serverTimeMs - hourMs, trouble: null, ...change }],
  });

describe('what `qorgan server status` says of mirrors', () => {
  it('is the age of the last cosignature, with a warning after two days', () => {
    expect(lines({})).toEqual(['Mirror mirror.example: vouched for 700 entries 1 h ago']);
    expect(lines({ cosignedAtMs: serverTimeMs - 48 * hourMs })).toEqual([
      'Mirror mirror.example: vouched for 700 entries 48 h ago',
    ]);
    expect(lines({ cosignedAtMs: serverTimeMs - 49 * hourMs })).toEqual([
      'WARNING: mirror mirror.example vouched for the log last 49 h ago (700 entries)',
    ]);
  });

  it('is a warning where nothing was heard, and names what is the matter', () => {
    expect(lines({ size: null, cosignedAtMs: null })).toEqual([
      'WARNING: mirror mirror.example was not heard of since the server started',
    ]);
    expect(lines({ trouble: 'mirror-conflict' })).toEqual([
      'Mirror mirror.example: vouched for 700 entries 1 h ago',
      'WARNING: mirror mirror.example: ALARM: the mirror holds another log',
    ]);
  });
});
