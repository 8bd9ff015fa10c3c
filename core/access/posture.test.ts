import { describe, expect, it } from 'vitest';
import {
  clientKinds,
  findingsOf,
  isOlder,
  postureFindings,
  serviceOf,
  type Posture,
  type PostureFinding,
  type PostureRules,
} from './index.ts';

const dayMs = 86_400_000;
const nowMs = 1_000 * dayMs;
const good: Posture = {
  version: '1.2.3',
  system: 'debian 12',
  patchedAtMs: nowMs - dayMs,
  antivirus: { engine: 'ClamAV 1.0.7', baseAtMs: nowMs - dayMs },
  isDiskEncrypted: true,
  clockDriftMs: -200,
  remoteControl: [],
};
const rules: PostureRules = {
  patchAgeMaxMs: 30 * dayMs,
  antivirusBaseAgeMaxMs: 7 * dayMs,
  clockDriftMaxMs: 5_000,
  reportAgeMaxMs: 2 * 3_600_000,
  measures: {},
  versions: {},
};
const at = { reportedAtMs: nowMs, nowMs };

/** Each finding with a state that has it and nothing else. */
const states: readonly (readonly [PostureFinding, Partial<Posture>])[] = [
  ['system-unknown', { system: null }],
  ['system-unknown', { patchedAtMs: null }],
  ['system-unknown', { patchedAtMs: nowMs + dayMs + 1 }],
  ['system-unpatched', { patchedAtMs: nowMs - 31 * dayMs }],
  ['antivirus-unknown', { antivirus: null }],
  ['antivirus-unknown', { antivirus: { engine: 'ClamAV', baseAtMs: nowMs + dayMs + 1 } }],
  ['antivirus-absent', { antivirus: 'none' }],
  ['antivirus-old', { antivirus: { engine: 'ClamAV', baseAtMs: nowMs - 8 * dayMs } }],
  ['disk-unknown', { isDiskEncrypted: null }],
  ['disk-plain', { isDiskEncrypted: false }],
  ['clock-unknown', { clockDriftMs: null }],
  ['clock-drift', { clockDriftMs: 5_001 }],
  ['clock-drift', { clockDriftMs: -5_001 }],
  ['remote-control-unknown', { remoteControl: null }],
  ['remote-control', { remoteControl: ['anydesk'] }],
];

describe('the posture of a device', () => {
  it('has nothing to be found in it where all is known and good', () => {
    expect(findingsOf(good, rules, at)).toEqual([]);
  });

  it.each(states)('has %s to be found where it is so', (finding, change) => {
    expect(findingsOf({ ...good, ...change }, rules, at)).toEqual([finding]);
  });

  it('that was never told, or too long ago, is a finding itself', () => {
    expect(findingsOf(undefined, rules, at)).toEqual(['posture-absent']);
    expect(findingsOf(good, rules, { reportedAtMs: nowMs - 2 * 3_600_000 - 1, nowMs })).toEqual(['posture-absent']);
  });

  it('names every finding in one of these states', () => {
    const named = new Set([...states.map(([finding]) => finding), 'posture-absent']);
    expect([...named].toSorted()).toEqual([...postureFindings].toSorted());
  });
});

const device = (change: Partial<Posture> = {}) => ({
  kind: 'workstation' as const,
  posture: { ...good, ...change },
  reportedAtMs: nowMs,
});

describe('the service of a device', () => {
  it('is full where the policy has no rules, whatever is found', () => {
    expect(serviceOf(device({ isDiskEncrypted: false }), undefined, nowMs)).toEqual({ measure: 'serve' });
  });

  it.each(['warn', 'read-only', 'refuse'] as const)('is by the measure of the finding: %s', (measure) => {
    const service = serviceOf(
      device({ isDiskEncrypted: false }),
      { ...rules, measures: { 'disk-plain': measure } },
      nowMs,
    );
    expect(service.measure).toBe(measure);
    expect('details' in service ? service.details : undefined).toEqual(
      measure === 'warn' ? undefined : { finding: 'disk-plain' },
    );
  });

  it('is by the gravest of several findings', () => {
    const measures = { 'disk-plain': 'read-only', 'remote-control': 'refuse', 'clock-drift': 'warn' } as const;
    const found = device({ isDiskEncrypted: false, remoteControl: ['anydesk'], clockDriftMs: 60_000 });
    expect(serviceOf(found, { ...rules, measures }, nowMs)).toMatchObject({
      measure: 'refuse',
      details: { finding: 'remote-control' },
    });
  });

  it('ends for an old version when the time to change over has passed, and for its own kind of client only', () => {
    const versions = { workstation: { min: '1.3.0', graceUntilMs: nowMs + dayMs } };
    expect(serviceOf(device(), { ...rules, versions }, nowMs)).toEqual({ measure: 'warn' });
    expect(serviceOf(device(), { ...rules, versions }, nowMs + dayMs)).toMatchObject({
      measure: 'refuse',
      code: 'client-too-old',
      details: { versionMin: '1.3.0' },
    });
    for (const kind of clientKinds.filter((one) => one !== 'workstation')) {
      const other = { ...device(), kind, reportedAtMs: nowMs + dayMs };
      expect(serviceOf(other, { ...rules, versions }, nowMs + dayMs).measure).toBe('serve');
      const own = { [kind]: { min: '1.3.0', graceUntilMs: 0 } };
      expect(serviceOf(other, { ...rules, versions: own }, nowMs + dayMs)).toMatchObject({ code: 'client-too-old' });
    }
    expect(serviceOf(device({ version: '1.3.0' }), { ...rules, versions }, nowMs).measure).toBe('serve');
    const silent = { kind: 'workstation' as const, posture: undefined, reportedAtMs: 0 };
    expect(serviceOf(silent, { ...rules, versions }, nowMs + dayMs)).toMatchObject({ code: 'client-too-old' });
  });

  it('compares versions by their numbers, and takes one that it cannot read for the oldest', () => {
    expect(isOlder('0.9.10', '0.10.0')).toBe(true);
    expect(isOlder('0.10.0', '0.9.10')).toBe(false);
    expect(isOlder('1.0.0', '1.0.0')).toBe(false);
    expect(isOlder('cli', '0.0.1')).toBe(true);
  });
});
