import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { caseHashStart } from '../../core/signing/index.ts';
import { recordSizeBytes } from '../../core/evidence/index.ts';
import { checkJournal, durable } from '../../native/vault-host/index.ts';
import { seeded } from '../support/index.ts';
import { actOf, formOf, marker, newCaseId } from './acts.ts';
import { bring, bytesOf, descriptorOf, person, readWhole } from './pieces.ts';
import { startMs } from './platform.ts';
import { enrolledVault, passphraseKey, passphrase, type Enrolled } from './vault.ts';

let enrolled: Enrolled | undefined;
afterEach(() => enrolled?.vault.dispose());

const list = { only: 'all', caseId: null, before: null, limit: 100 } as const;
const fileNames = ({ vault }: Enrolled): string[] =>
  readdirSync(vault.directory).filter((name) => name.startsWith('evidence-'));

async function reopen({ vault, slotId }: Enrolled): Promise<string> {
  await vault.must('vault.close', null);
  return vault.code('vault.open', passphraseKey(slotId));
}

async function prove({ vault, platform }: Enrolled, bytes: Buffer, verdict: 'clean' | 'infected' = 'clean') {
  const descriptor = descriptorOf(bytes);
  const taken = platform.takeEvidence(descriptor, verdict === 'clean' ? {} : { verdict, found: 'Eicar' });
  const body = { sha256: descriptor.sha256, document: taken.document, proof: platform.receipt(taken) };
  return vault.call('entries.append', { entry: { kind: 'evidence-receipt', body }, atMs: startMs + 9 });
}

describe('a piece of evidence', () => {
  it('comes back byte by byte, of any size and however it was cut into parts', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom(1, recordSizeBytes - 1, recordSizeBytes, recordSizeBytes + 1, 2 * recordSizeBytes),
          fc.integer({ min: 4, max: 300_000 }),
        ),
        fc.integer({ min: 1_000, max: 120_000 }),
        async (size, partBytes) => {
          n += 1;
          const bytes = size < 4 ? Buffer.from([n]) : bytesOf(n, size);
          expect((await bring(vault, bytes, { partBytes })).ok).toBe(true);
          expect((await readWhole(vault, descriptorOf(bytes))).equals(bytes)).toBe(true);
        },
      ),
      seeded('evidence sizes', 30),
    );
    expect(await reopen(enrolled)).toBe('done');
    await vault.must('journal.check', null);
  });

  it('is an entry of the journal, found again after the vault was closed and its key was changed', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const bytes = bytesOf(1, 200_000);
    const finished = await bring(vault, bytes);
    expect(finished.ok && finished.value.recordedAtMs).toBe(startMs);
    await vault.must('slots.rotate', { nowMs: startMs });
    expect(await reopen(enrolled)).toBe('done');
    const { items } = await vault.must('evidence.list', list);
    expect(items).toMatchObject([
      {
        descriptor: descriptorOf(bytes),
        person,
        namedBy: null,
        isPaused: false,
        told: null,
        proven: null,
        isHere: true,
      },
    ]);
    expect((await readWhole(vault, descriptorOf(bytes))).equals(bytes)).toBe(true);
    const { items: entries } = await vault.must('entries.list', { before: null, limit: 9, kinds: ['evidence'] });
    expect(JSON.parse(entries[0]?.body ?? '')).toEqual({ descriptor: descriptorOf(bytes), person });
  });

  it('is not recorded when what arrived is not what was captured, is not all of it, or is known already', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const code = async (...args: Parameters<typeof bring>): Promise<string> => {
      const result = await bring(...args);
      return result.ok ? 'done' : result.refusal.code;
    };
    const bytes = bytesOf(1, 70_000);
    expect(await code(vault, bytes, { descriptor: descriptorOf(bytesOf(2, 70_000)) })).toBe('evidence-hash-mismatch');
    expect(await code(vault, bytes, { descriptor: descriptorOf(bytes, { sizeBytes: 69_999 }) })).toBe(
      'evidence-hash-mismatch',
    );
    const { draft } = await vault.must('evidence.begin', { sizeBytes: 9 });
    await vault.must('evidence.append', { draft, offset: 0, bytes: Uint8Array.of(1, 2) });
    const short = { draft, descriptor: descriptorOf(Buffer.alloc(9)), person, atMs: startMs };
    expect(await vault.code('evidence.finish', short)).toBe('evidence-hash-mismatch');
    expect(await vault.code('evidence.finish', short)).toBe('evidence-draft-absent');
    expect(await code(vault, bytes)).toBe('done');
    expect(await code(vault, bytes)).toBe('evidence-known');
    expect(fileNames(enrolled)).toHaveLength(1);
    expect((await vault.must('evidence.list', list)).total).toBe(1);
  });

  it('is taken in at one place after the other, and a draft that is cancelled or forgotten leaves no file', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const { draft } = await vault.must('evidence.begin', { sizeBytes: 100 });
    const append = (offset: number, bytes: number) =>
      vault.code('evidence.append', { draft, offset, bytes: new Uint8Array(bytes) });
    expect(await append(1, 4)).toBe('evidence-offset-differs');
    expect(await append(0, 60)).toBe('done');
    expect(await append(0, 60)).toBe('evidence-offset-differs');
    expect(await append(60, 41)).toBe('evidence-offset-differs');
    await vault.must('evidence.begin', { sizeBytes: 100 });
    expect(await vault.code('evidence.begin', { sizeBytes: 100 })).toBe('evidence-drafts-too-many');
    await vault.must('evidence.cancel', { draft });
    expect(await append(60, 1)).toBe('evidence-draft-absent');
    expect(fileNames(enrolled)).toHaveLength(1);
    expect(await reopen(enrolled)).toBe('done');
    expect(fileNames(enrolled)).toEqual([]);
  });

  it('that a cut left without its entry is removed at the next opening, and one with an entry stays', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    await bring(vault, bytesOf(1, 70_000));
    writeFileSync(join(vault.directory, `evidence-${'0'.repeat(32)}`), 'left over');
    expect(fileNames(enrolled)).toHaveLength(2);
    expect(await reopen(enrolled)).toBe('done');
    expect(fileNames(enrolled)).toHaveLength(1);
    expect((await readWhole(vault, descriptorOf(bytesOf(1, 70_000)))).length).toBe(70_000);
  });

  it('is named by the first act that says its hash, and by no later one', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const bytes = bytesOf(1, 5_000);
    const caseId = newCaseId();
    await bring(vault, bytes, { descriptor: descriptorOf(bytes, { case: caseId }) });
    const unnamed = { only: 'unnamed', caseId, before: null, limit: 10 } as const;
    expect((await vault.must('evidence.list', unnamed)).total).toBe(1);
    const ids: string[] = [];
    for (const n of [1, 2]) {
      const next = await vault.must('acts.next', { nowMs: startMs + n });
      const act = actOf({
        ...{ next, type: 'registration.submit', payload: { form: formOf(n) }, caseId: newCaseId() },
        ...{ revision: 0, hash: caseHashStart, atMs: startMs + n, changes: { evidence: [descriptorOf(bytes).sha256] } },
      });
      await vault.must('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs + n });
      ids.push(act.actionId);
    }
    expect((await vault.must('evidence.list', unnamed)).total).toBe(0);
    expect(await reopen(enrolled)).toBe('done');
    expect((await vault.must('evidence.list', list)).items[0]?.namedBy).toBe(ids[0]);
  });

  it('is let go only after a receipt of exactly this piece from this device was verified, and nothing was found in it', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    const [one, other, infected] = [bytesOf(1, 90_000), bytesOf(2, 90_000), bytesOf(3, 90_000)];
    for (const bytes of [one, other, infected]) await bring(vault, bytes);
    const { sha256 } = descriptorOf(one);
    expect(await vault.code('evidence.letGo', { sha256 })).toBe('evidence-unproven');
    const told = { sha256, state: 'accepted', refusal: null } as const;
    await vault.must('evidence.told', told);
    expect(await vault.code('evidence.letGo', { sha256 })).toBe('evidence-unproven');
    const wrong = [
      platform.takeEvidence(descriptorOf(other)),
      platform.takeEvidence(descriptorOf(one, { reason: 'another' })),
      platform.takeEvidence(descriptorOf(one), { device: '00000000-0000-4000-8000-000000000000' as never }),
      platform.takeEvidence(descriptorOf(one), { profile: 'production' }),
    ];
    for (const taken of wrong) {
      const body = { sha256, document: taken.document, proof: platform.receipt(taken) };
      expect(await vault.code('entries.append', { entry: { kind: 'evidence-receipt', body }, atMs: startMs })).toBe(
        'receipt-invalid',
      );
    }
    expect((await prove(enrolled, one)).ok).toBe(true);
    expect((await prove(enrolled, one)).ok).toBe(true);
    expect((await prove(enrolled, infected, 'infected')).ok).toBe(true);
    expect(await vault.code('evidence.letGo', { sha256: descriptorOf(infected).sha256 })).toBe('evidence-unproven');
    expect((await vault.must('evidence.list', { ...list, only: 'to-let-go' })).items).toHaveLength(1);
    await vault.must('evidence.letGo', { sha256 });
    expect(fileNames(enrolled)).toHaveLength(2);
    expect(await vault.code('evidence.read', { sha256, offset: 0, limit: 9 })).toBe('evidence-let-go');
    expect(await reopen(enrolled)).toBe('done');
    await vault.must('journal.check', null);
    const { items } = await vault.must('evidence.list', { ...list, only: 'to-send' });
    expect(items.map(({ descriptor }) => descriptor.sha256)).toEqual([descriptorOf(other).sha256]);
  });

  it('stays paused until somebody lets it go on, restarts included', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const bytes = bytesOf(1, 100);
    await bring(vault, bytes);
    const { sha256 } = descriptorOf(bytes);
    await vault.must('evidence.pause', { sha256, isPaused: true });
    await vault.must('evidence.told', { sha256, state: 'receiving', refusal: 'evidence-quota-exceeded' });
    expect(await reopen(enrolled)).toBe('done');
    const { items } = await vault.must('evidence.list', list);
    expect(items[0]).toMatchObject({
      isPaused: true,
      told: { state: 'receiving', refusal: 'evidence-quota-exceeded' },
    });
  });
});

describe('the file of a piece', () => {
  it('is found to be damaged after any flipped bit, and after it was cut or taken away', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const bytes = bytesOf(1, 150_000);
    await bring(vault, bytes);
    const file = join(vault.directory, fileNames(enrolled)[0] ?? '');
    const whole = readFileSync(file);
    const read = async (): Promise<string> => {
      const parts = await Promise.all(
        [0, 65_536, 131_072].map((offset) =>
          vault.code('evidence.read', { sha256: descriptorOf(bytes).sha256, offset, limit: 65_536 }),
        ),
      );
      return parts.find((code) => code !== 'done') ?? 'done';
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        writeFileSync(file, changed);
        expect(await read()).toBe('evidence-file-damaged');
      }),
      seeded('evidence bits', 300),
    );
    for (const cut of [0, 32, 32 + 65_552, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, cut));
      expect(await read()).toBe('evidence-file-damaged');
    }
    rmSync(file);
    expect(await read()).toBe('evidence-file-damaged');
    expect(await vault.code('journal.check', null)).toBe('journal-damaged');
    await vault.must('vault.close', null);
    const journal = { file: join(vault.directory, 'journal.db'), key: () => Promise.resolve(passphraseKey(slotId)) };
    expect((await checkJournal(journal)).ok).toBe(false);
    writeFileSync(file, whole);
    expect((await checkJournal(journal)).ok).toBe(true);
  });

  it('says nothing of what it holds, in its name, its bytes or beside it, and belongs to its owner', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const bytes = bytesOf(1, 200_000, marker);
    await bring(vault, bytes, { descriptor: descriptorOf(bytes, { reason: marker }) });
    const { draft } = await vault.must('evidence.begin', { sizeBytes: 90_000 });
    await vault.must('evidence.append', { draft, offset: 0, bytes: Uint8Array.from(bytesOf(2, 90_000, marker)) });
    const files = readdirSync(vault.directory);
    expect(files.filter((name) => name.startsWith('evidence-'))).toHaveLength(2);
    for (const name of files) {
      expect(statSync(join(vault.directory, name)).mode & 0o077).toBe(0);
      const content = readFileSync(join(vault.directory, name));
      for (const word of [marker, marker.slice(0, 12), 'image/png', descriptorOf(bytes).sha256, passphrase]) {
        expect(content.includes(word)).toBe(false);
        expect(name.includes(word)).toBe(false);
      }
    }
  });

  it('is on the disk, name included, before its entry is', async () => {
    const order: string[] = [];
    const made = await enrolledVault({
      durability: {
        ...durable,
        syncFile: (descriptor) => {
          order.push('file');
          durable.syncFile(descriptor);
        },
        syncFolder: (folder) => {
          order.push('folder');
          durable.syncFolder(folder);
        },
      },
    });
    enrolled = made;
    order.length = 0;
    await bring(made.vault, bytesOf(1, 70_000));
    expect(order).toEqual(['file', 'folder']);
  });

  it('that a full disk does not take ends its draft, and the journal goes on', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const { draft } = await vault.must('evidence.begin', { sizeBytes: 200_000 });
    // The descriptor of the draft is closed under it: every write fails, as on a disk without room.
    const { closeSync, readlinkSync } = await import('node:fs');
    for (const fd of readdirSync('/proc/self/fd'))
      try {
        if (readlinkSync(`/proc/self/fd/${fd}`).includes('/evidence-')) closeSync(Number(fd));
      } catch {
        // The folder of descriptors itself is among them.
      }
    const part = { draft, offset: 0, bytes: new Uint8Array(100_000) };
    expect(await vault.code('evidence.append', part)).toBe('vault-disk-failed');
    expect(await vault.code('evidence.append', part)).toBe('evidence-draft-absent');
    expect(await vault.code('heads', null)).toBe('done');
    expect((await bring(vault, bytesOf(1, 10))).ok).toBe(true);
  });
});

describe('a view of evidence that was changed from inside', () => {
  it.each([
    ['a piece taken out', 'delete from evidence'],
    ['another size', 'update evidence set size_bytes = 1'],
    ['a proof that nobody gave', "update evidence set receipt_entry = 3, verdict = 'clean', log_index = 0"],
    ['a file forgotten before its proof', 'update evidence set file = null, key = null'],
    ['a key forgotten', 'update evidence set key = null'],
    ['an act that never named it', "update evidence set named_by = 'x'"],
  ])('is found at opening: %s', async (_what, sql) => {
    enrolled = await enrolledVault();
    await bring(enrolled.vault, bytesOf(1, 100));
    enrolled.vault.vault.withOpen((opened) => ({ ok: true, value: opened.store.run(sql) }));
    expect(await reopen(enrolled)).toBe('journal-damaged');
  });
});
