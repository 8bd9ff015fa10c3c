import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok, refuse } from '../../core/kernel/index.ts';
import { openNote, type NoteKey } from '../../core/log/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { chanceFrom } from '../../tests/faults/power-cut/disk-model.ts';
import { servedLog, seeded, verifyEd25519, type ServedLog } from '../../tests/support/index.ts';
import { openLogStore } from '../log/index.ts';
import {
  checkMirror,
  initMirror,
  openMirror,
  pull,
  restoreLog,
  startSchedule,
  type Fetch,
  type Mirror,
} from './index.ts';

const name = 'demo.qorgan.mirrored';
const leaf = (at: number): string => `leaf ${at} `.repeat(1 + (at % 5));
const leaves = (count: number): string[] => Array.from({ length: count }, (_leaf, at) => leaf(at));
const startMs = 1_795_400_000_000;

let laboratory: string;
let nowMs: number;
let folders = 0;
let log: ServedLog;
let mirror: Mirror;
const opened: { readonly close: () => void }[] = [];

function newFolder(): string {
  folders += 1;
  const folder = join(laboratory, String(folders));
  mkdirSync(folder);
  return folder;
}

function serve(entries: readonly string[]): ServedLog {
  const served = servedLog(newFolder(), name);
  served.append(entries);
  opened.push(served);
  return served;
}

function open(folder: string): Mirror {
  const one = openMirror(folder, () => nowMs);
  if (!one.ok) throw new Error(one.refusal.code);
  opened.push(one.value);
  return one.value;
}

let home: string;
function reopen(): void {
  mirror.close();
  opened.splice(opened.indexOf(mirror), 1);
  mirror = open(home);
}

/** A mirror that holds nothing yet. */
function beginAnew(): void {
  home = newFolder();
  const url = 'https://platform.example:8443';
  expect(initMirror({ folder: home, name: 'mirror.example', logKey: log.keyText, url }).ok).toBe(true);
  mirror = open(home);
}

beforeEach(() => {
  laboratory = mkdtempSync(join(tmpdir(), 'qorgan-mirror-'));
  nowMs = startMs;
  log = serve(leaves(700));
  beginAnew();
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  rmSync(laboratory, { recursive: true, force: true });
});

/** The log, with what stands between: `change` may alter what it serves at a path. */
function between(served: ServedLog, change: (path: string, bytes: Uint8Array) => Uint8Array | undefined): Fetch {
  return async (path, sizeMax) => {
    const bytes = await served.fetch(path, sizeMax);
    if (!bytes.ok) return bytes;
    const changed = change(path, bytes.value);
    return changed === undefined ? refuse('mirror-file-missing', { path }) : ok(changed);
  };
}

const at = (place: string, change: (bytes: Buffer) => Uint8Array | undefined) => (path: string, bytes: Uint8Array) =>
  path === place ? change(Buffer.from(bytes)) : bytes;

const heldSize = (): number => mirror.store().tree.size();
const publishedSize = (): number => mirror.store().checkpoints.latest()?.head.treeSize ?? 0;

/** When the keys of the mirror vouched for a note. */
function cosignedAt(note: string): readonly (number | undefined)[] {
  const keys: readonly NoteKey[] = mirror.witness.signers.map(({ key }) => key);
  const trusted = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
  return trusted.ok ? trusted.value.signatures.map(({ atSeconds }) => atSeconds) : [];
}

describe('a mirror', () => {
  it('takes a log of any size step by step, and publishes each head with both of its cosignatures', async () => {
    let size = 700;
    for (const more of [0, 1, 67, 256, 2_048, 5_000]) {
      log.append(leaves(size + more).slice(size));
      size += more;
      nowMs += 60_000;
      expect(await pull(mirror, log.fetch)).toEqual(ok({ size, added: size === 700 ? 700 : more, isCosigned: true }));
      const published = mirror.store().checkpoints.latest();
      expect(published?.head).toEqual({ treeSize: size, root: log.root(size) });
      expect(cosignedAt(published?.note ?? '')).toEqual([nowMs / 1_000, nowMs / 1_000]);
    }
    expect(await checkMirror(mirror)).toMatchObject(ok({ size, knownSize: size, cosignedAtMs: nowMs, alarms: [] }));
  });

  it('vouches anew for a head that did not change, and asks for nothing but the checkpoint', async () => {
    await pull(mirror, log.fetch);
    nowMs += 86_400_000;
    const asked: string[] = [];
    const fetch: Fetch = (path, sizeMax) => {
      asked.push(path);
      return log.fetch(path, sizeMax);
    };
    expect(await pull(mirror, fetch)).toEqual(ok({ size: 700, added: 0, isCosigned: true }));
    expect(asked).toEqual(['checkpoint']);
    expect(cosignedAt(mirror.store().checkpoints.latest()?.note ?? '')).toEqual([nowMs / 1_000, nowMs / 1_000]);
  });

  it('stores nothing of a tile or an entry that was altered on the way, whichever octet it is', async () => {
    const paths = ['tile/0/000', 'tile/0/002.p/188', 'tile/1/000.p/2', 'tile/entries/001', 'tile/entries/002.p/188'];
    const { seed, numRuns } = seeded('altered on the way', 30);
    const chance = chanceFrom(seed);
    for (let round = 0; round < numRuns; round += 1) {
      const place = paths[round % paths.length] ?? '';
      beginAnew();
      const flip = at(place, (bytes) => {
        const octet = Math.floor(chance() * bytes.length);
        bytes[octet] = (bytes[octet] ?? 0) ^ (1 << Math.floor(chance() * 8));
        return bytes;
      });
      const pulled = await pull(mirror, between(log, flip));
      expect(!pulled.ok && pulled.refusal.code, place).toBe('mirror-tile-wrong');
      if (!pulled.ok) expect(String(pulled.refusal.details?.['path'])).toContain(place);
      expect(publishedSize()).toBe(0);
      expect(heldSize()).toBeLessThan(700);
    }
    expect((await checkMirror(mirror)).ok).toBe(true);
    expect((await pull(mirror, log.fetch)).ok).toBe(true);
  });

  it.each(['tile/0/001', 'tile/1/000.p/2', 'tile/entries/000', 'tile/entries/002.p/188'])(
    'stores nothing of %s where it ends early or late',
    async (place) => {
      for (const change of [
        (bytes: Buffer) => bytes.subarray(0, -1),
        (bytes: Buffer) => bytes.subarray(0, bytes.length - 32),
        (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(32)]),
        () => Buffer.alloc(0),
      ]) {
        const pulled = await pull(mirror, between(log, at(place, change)));
        expect(!pulled.ok && pulled.refusal).toMatchObject({ code: 'mirror-tile-wrong', details: { path: place } });
        expect(publishedSize()).toBe(0);
      }
      expect((await pull(mirror, log.fetch)).ok).toBe(true);
    },
  );

  it('waits for tiles that a checkpoint is ahead of, and keeps what it has meanwhile', async () => {
    await pull(mirror, log.fetch);
    log.append(leaves(1_500).slice(700));
    for (const missing of ['tile/1/000.p/5', 'tile/0/004', 'tile/entries/005.p/220']) {
      const pulled = await pull(
        mirror,
        between(
          log,
          at(missing, () => undefined),
        ),
      );
      expect(!pulled.ok && pulled.refusal).toMatchObject({ code: 'mirror-file-missing', details: { path: missing } });
      expect(publishedSize()).toBe(700);
    }
    expect(mirror.alarms.standing()).toEqual([]);
    expect(await pull(mirror, log.fetch)).toMatchObject(ok({ size: 1_500, isCosigned: true }));
  });

  it('refuses a checkpoint that the log did not sign', async () => {
    const forged = at('checkpoint', (bytes) => Buffer.from(bytes.toString().replace('700', '701')));
    const pulled = await pull(mirror, between(log, forged));
    expect(!pulled.ok && pulled.refusal.code).toBe('mirror-checkpoint-wrong');
    const other = servedLog(newFolder(), 'demo.qorgan.other');
    opened.push(other);
    other.append(['another log']);
    const foreign = await pull(mirror, other.fetch);
    expect(!foreign.ok && foreign.refusal.code).toBe('mirror-checkpoint-wrong');
    expect(mirror.alarms.standing()).toEqual([]);
  });
});

describe('a log that was rewritten', () => {
  it.each([
    ['of the same size', 700],
    ['that is longer', 1_400],
    ['that is longer by one', 701],
  ])('meets an alarm with both heads where it shows a tree %s', async (_what, size) => {
    await pull(mirror, log.fetch);
    const before = mirror.store().checkpoints.latest()?.note ?? '';
    const fork = serve(leaves(size).with(3, 'another leaf'));
    const pulled = await pull(mirror, fork.fetch);
    expect(!pulled.ok && pulled.refusal).toEqual({
      code: 'mirror-log-forked',
      details: { heldSize: 700, shownSize: size },
    });
    expect(mirror.store().checkpoints.latest()?.note).toBe(before);
    expect(heldSize()).toBe(700);
    const [alarm = '', ...others] = mirror.alarms.standing();
    expect(others).toEqual([]);
    const kept = readFileSync(join(home, 'alarms', alarm), 'utf8');
    expect(kept).toContain(log.note(700));
    expect(kept).toContain(fork.note(size));
    // Said again, it is the same alarm.
    await pull(mirror, fork.fetch);
    expect(mirror.alarms.standing()).toEqual([alarm]);
  });

  it('meets an alarm where it shows an older tree, be it of the true history', async () => {
    await pull(mirror, log.fetch);
    const rewound = serve(leaves(650));
    const pulled = await pull(mirror, rewound.fetch);
    expect(!pulled.ok && pulled.refusal).toEqual({
      code: 'mirror-log-rewound',
      details: { heldSize: 700, shownSize: 650 },
    });
    expect(mirror.alarms.standing()).toEqual([expect.stringMatching(/^mirror-log-rewound-[0-9a-f]{16}\.txt$/u)]);
    expect(publishedSize()).toBe(700);
  });

  it('is kept on, but vouched for again only when a person has moved the alarm away', async () => {
    await pull(mirror, log.fetch);
    await pull(mirror, serve(leaves(650)).fetch);
    log.append(leaves(900).slice(700));
    expect(await pull(mirror, log.fetch)).toEqual(ok({ size: 900, added: 200, isCosigned: false }));
    expect(cosignedAt(mirror.store().checkpoints.latest()?.note ?? '')).toEqual([]);
    rmSync(join(home, 'alarms', mirror.alarms.standing()[0] ?? ''));
    expect(await pull(mirror, log.fetch)).toEqual(ok({ size: 900, added: 0, isCosigned: true }));
  });

  it('is found by the head of a round that was cut short, too', async () => {
    log.append(leaves(9_000).slice(700));
    const cut = between(
      log,
      at('tile/entries/030', () => undefined),
    );
    expect((await pull(mirror, cut)).ok).toBe(false);
    expect([publishedSize(), heldSize() > 0 && heldSize() < 9_000]).toEqual([0, true]);
    reopen();
    // The fork begins behind everything that is stored here, and before the head that was seen.
    const fork = serve(leaves(9_100).with(8_500, 'another leaf'));
    const pulled = await pull(mirror, fork.fetch);
    expect(!pulled.ok && pulled.refusal.code).toBe('mirror-log-forked');
    mirror.alarms.standing().forEach((alarm) => rmSync(join(home, 'alarms', alarm)));
    expect(await pull(mirror, log.fetch)).toMatchObject(ok({ size: 9_000, isCosigned: true }));
  });
});

describe('what a mirror holds', () => {
  it('is named by its check where the disk changed an entry, and not restored', async () => {
    await pull(mirror, log.fetch);
    log.append(leaves(9_000).slice(700));
    await pull(mirror, log.fetch);
    const path = join(home, 'log', 'bundles');
    const bytes = readFileSync(path);
    // In the second bundle, which no start reads again.
    const place = bytes.indexOf('leaf 300 ');
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    mirror = open(home);
    expect(await checkMirror(mirror)).toEqual(refuse('mirror-entry-wrong', { number: 301 }));
    const out = join(laboratory, 'out');
    const restored = restoreLog(mirror, out);
    expect(!restored.ok && restored.refusal.code).toBe('mirror-damaged');
    expect(readdirSync(join(out, 'log'))).not.toContain('checkpoint');
  });

  it('is fetched again where the disk lost the end of it', async () => {
    await pull(mirror, log.fetch);
    truncateSync(join(home, 'log', 'bundles'), 20_000);
    reopen();
    expect(heldSize()).toBeLessThan(300);
    const lost = 700 - heldSize();
    expect(await pull(mirror, log.fetch)).toEqual(ok({ size: 700, added: lost, isCosigned: true }));
    expect((await checkMirror(mirror)).ok).toBe(true);
  });

  it('becomes the log of the platform again, octet for octet', async () => {
    const empty = restoreLog(mirror, join(laboratory, 'none'));
    expect(!empty.ok && empty.refusal.code).toBe('mirror-empty');
    log.append(leaves(5_000).slice(700));
    await pull(mirror, log.fetch);
    const out = join(laboratory, 'restored');
    expect(restoreLog(mirror, out)).toEqual(ok(5_000));
    const again = restoreLog(mirror, out);
    expect(!again.ok && again.refusal.code).toBe('mirror-out-not-empty');
    const store = openLogStore(join(out, 'log'), log.key);
    expect(store.checkpoints.latest()?.head).toEqual({ treeSize: 5_000, root: log.root(5_000) });
    for (const file of ['bundles', 'bundle-starts', 'tiles-1'])
      expect(readFileSync(join(out, 'log', file)).equals(readFileSync(join(log.folder, file))), file).toBe(true);
    // And it goes on from there.
    store.tree.append([leaf(5_000)]);
    log.append([leaf(5_000)]);
    expect(store.tree.rootAt(5_001)).toBe(log.root(5_001));
    store.close();
  });
});

describe('the schedule of a mirror', () => {
  const hourMs = 3_600_000;

  /** A clock that moves by what is slept, and the times at which rounds began; it stops at `untilMs`. */
  async function run(untilMs: number, round: (at: number) => boolean, everyMs = 24 * hourMs): Promise<number[]> {
    let clockMs = 0;
    const rounds: number[] = [];
    await new Promise<void>((resolve) => {
      const schedule = startSchedule({
        everyMs,
        nowMs: () => clockMs,
        sleep: async (ms) => {
          clockMs += ms;
          if (clockMs < untilMs) return;
          resolve(schedule.stop());
        },
        round: async () => {
          rounds.push(clockMs);
          return round(clockMs);
        },
      });
    });
    return rounds;
  }

  it('pulls at once and then once a day', async () => {
    const rounds = await run(75 * hourMs, () => true);
    expect(rounds.map((ms) => ms / hourMs)).toEqual([0, 24, 48, 72]);
  });

  it('tries again ever more seldom where a round failed, and never waits longer than an hour', async () => {
    const rounds = await run(72 * hourMs, (ms) => ms > 60 * hourMs);
    expect(rounds.slice(0, 5).map((ms) => ms / 60_000)).toEqual([0, 1, 3, 7, 15]);
    const gaps = rounds.slice(1).map((ms, i) => ms - (rounds[i] ?? 0));
    expect(Math.max(...gaps)).toBe(hourMs);
    expect(Math.max(...rounds)).toBeLessThan(62 * hourMs);
  });

  it('is not put off by a clock that was set back by years', async () => {
    let clockMs = 1_000 * 24 * hourMs;
    let rounds = 0;
    await new Promise<void>((resolve) => {
      const schedule = startSchedule({
        everyMs: 24 * hourMs,
        nowMs: () => clockMs,
        sleep: async (ms) => void (clockMs += ms),
        round: async () => {
          rounds += 1;
          if (rounds === 2) clockMs = 0;
          if (rounds === 3) resolve(schedule.stop());
          return true;
        },
      });
    });
    expect(rounds).toBe(3);
    expect(clockMs).toBeLessThan(25 * hourMs);
  });
});
