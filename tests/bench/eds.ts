import { createPublicKey, verify } from 'node:crypto';
import { keyIdentifierOf, makeKey, makeNationalKey, signNational, writeRevocationList } from '../../dev/ca/index.ts';
import { createVerifier, parseRevocationList, parseSignedData } from '../../eds/index.ts';
import { messageLimits, oids, openDer, type DerReader } from '../../eds/der/index.ts';
import { nationalSuite, streebog512 } from '../../eds/gost/index.ts';
import { makeNationalWorld } from '../eds/national-world.ts';
import { rebuild } from '../eds/rebuild.ts';
import { content, makeCa, makeSigner, nowMs, signBes, trustOf, unwrap } from '../eds/world.ts';
import { realAuthority } from '../fuzz/real-subjects.ts';
import { trustIn } from '../fuzz/trust.ts';
import type { Measure } from './run.ts';
import { pkijsVerifier } from './yardstick/pkijs.ts';

const rounds = 12;
const sliceMs = 80;

type Work = { readonly name: string; readonly run: () => void | Promise<void> };

/** Operations a second of several works, in slices that take turns, so that a busy machine slows all of them alike. */
async function ratesOf(works: readonly Work[], atOnce = 10): Promise<ReadonlyMap<string, number>> {
  const totals = works.map((work) => ({ work, count: 0, spentMs: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const total of totals) {
      const startedMs = performance.now();
      let readMs = startedMs;
      for (; readMs - startedMs < sliceMs; readMs = performance.now()) {
        for (let i = 0; i < atOnce; i += 1) {
          const pending = total.work.run();
          if (pending !== undefined) await pending;
        }
        // The first rounds only warm the compiler.
        if (round >= 2) total.count += atOnce;
      }
      if (round >= 2) total.spentMs += readMs - startedMs;
    }
  }
  return new Map(totals.map(({ work, count, spentMs }) => [work.name, (count / spentMs) * 1000]));
}

/** Each rate beside the least that is asked of it, in operations a second. */
function againstTargets(
  rates: ReadonlyMap<string, number>,
  targets: Readonly<Record<string, number>>,
  suffix = '',
): readonly Measure[] {
  return Object.entries(targets).map(([name, baseline]) => {
    const value = rates.get(name) ?? Number.NaN;
    return { name: `${name}${suffix}`, value, unit: 'per second', baseline, ratio: value / baseline };
  });
}

function walk(reader: DerReader): number {
  let count = 0;
  while (reader.hasMore) {
    count += 1;
    const isConstructed = (reader.peek() & 0x20) !== 0;
    if (isConstructed) count += walk(reader.enter(reader.peek()));
    else reader.skip();
  }
  return count;
}

/** The least that is asked of one core, in operations a second. */
const rsaTargets = { 'eds-verify-warm': 4000, 'eds-verify-new-signer': 2000, 'eds-verify-cold': 2000 } as const;
/** How many times faster than pkijs, which does less. */
const pkijsTimes = 25;

/** Verification of RSA-2048 CAdES-BES on one core, beside the bare RSA operation that it cannot do without, and beside pkijs. */
async function verification(): Promise<readonly Measure[]> {
  const ca = makeCa({ keys: 'rsa-4096' });
  const trust = trustOf(ca);
  const signer = makeSigner(ca, 'rsa-2048');
  const cms = signBes(signer, { kind: 'rsa-2048' });
  const [info] = unwrap(parseSignedData(cms)).signers;
  const message = info?.signedAttributes?.signedOctets ?? new Uint8Array(0);
  const signature = info?.signature ?? new Uint8Array(0);
  const key = createPublicKey(signer.key.privateKey);
  const warm = createVerifier(trust);
  const judge = (by: ReturnType<typeof createVerifier>, file: Uint8Array): void => {
    if (by.verify({ cms: file, content, atMs: nowMs }).verdict !== 'VALID') throw new Error('bench: not VALID');
  };
  const others = Array.from({ length: 400 }, () => {
    const issued = ca.issue({
      subjectPublicKeyInfo: signer.key.subjectPublicKeyInfo,
      holder: { surname: 'A', name: 'B', iin: '900101400013' },
      roles: ['employee'],
    });
    return signBes({ key: signer.key, ...issued }, { kind: 'rsa-2048' });
  });
  let turn = 0;
  let fresh = createVerifier(trust);
  const nextSigner = (): void => {
    if (turn % others.length === 0) {
      fresh = createVerifier(trust);
      judge(fresh, cms);
    }
    judge(fresh, others[turn % others.length] ?? cms);
    turn += 1;
  };
  const pkijs = pkijsVerifier([ca.issuingCertificate, ca.rootCertificate], content, new Date(nowMs));
  const rates = await ratesOf([
    { name: 'bare', run: () => void verify('sha256', message, key, signature) },
    { name: 'eds-verify-warm', run: () => judge(warm, cms) },
    { name: 'eds-verify-new-signer', run: nextSigner },
    { name: 'eds-verify-cold', run: () => judge(createVerifier(trust), cms) },
    { name: 'eds-der-walk', run: () => void walk(openDer(cms, messageLimits)) },
    { name: 'pkijs', run: () => pkijs(cms) },
  ]);
  const bare = rates.get('bare') ?? Number.NaN;
  const asked = (rates.get('pkijs') ?? Number.NaN) * pkijsTimes;
  return [
    ...againstTargets(rates, { 'eds-verify-warm': bare, 'eds-verify-new-signer': bare, 'eds-der-walk': bare }),
    ...againstTargets(rates, rsaTargets, '-target'),
    ...againstTargets(rates, { 'eds-verify-warm': asked }, '-25-times-pkijs'),
  ];
}

/** Indexing and asking a revocation list of a million entries. */
function revocationList(): readonly Measure[] {
  const key = makeKey('ec-p256');
  const entries = 1_000_000;
  const serialOf = (i: number): string => `40${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(38, '0')}`;
  const revoked = Array.from({ length: entries }, (_, i) => ({ serial: serialOf(i), revokedAtMs: nowMs, reason: 1 }));
  const authorityKeyIdentifier = keyIdentifierOf(key.subjectPublicKeyInfo);
  const der = writeRevocationList(
    { issuer: [['2.5.4.3', 'A']], authorityKeyIdentifier, number: 1, thisUpdateMs: nowMs, revoked },
    key,
  );
  const startedMs = performance.now();
  const list = unwrap(parseRevocationList(der));
  list.find('00');
  const indexedMs = performance.now() - startedMs;
  const asked = Array.from({ length: 100_000 }, (_, i) => serialOf(i * 7));
  const askedAtMs = performance.now();
  for (const serial of asked) if (list.find(serial) === undefined) throw new Error('bench: an entry is lost');
  const lookUpUs = ((performance.now() - askedAtMs) / asked.length) * 1000;
  return [
    { name: 'eds-crl-index-million', value: indexedMs, unit: 'ms', baseline: 2000, ratio: indexedMs / 2000 },
    { name: 'eds-crl-look-up', value: lookUpUs, unit: 'us', baseline: 5, ratio: lookUpUs / 5 },
  ];
}

/** The least that is asked of one core, in operations a second; of Streebog in MiB. */
const nationalTargets = {
  'eds-gost-verify-returning-key': 600,
  'eds-gost-verify-new-key': 213,
  'eds-gost-bes-warm': 180,
  'eds-gost-bes-new-signer': 90,
  'eds-streebog-mib': 20,
} as const;

/** Signatures of ST RK GOST R 34.10-2015 with 512 bits: bare, and whole files under a chain of three. */
async function national(): Promise<readonly Measure[]> {
  const algorithm = { oid: oids.gost2015Signature512, parameters: undefined, der: new Uint8Array(0) };
  const key = makeNationalKey('gost-2015-512');
  const signature = signNational(key, content);
  const load = () => nationalSuite.loadKey(key.subjectPublicKeyInfo)?.scheme(algorithm, undefined);
  const returning = load();
  const strangers = Array.from({ length: 100 }, () => makeNationalKey('gost-2015-512')).map((one) => {
    const signed = signNational(one, content);
    return () => nationalSuite.loadKey(one.subjectPublicKeyInfo)?.scheme(algorithm, undefined)?.verify(content, signed);
  });
  const world = makeNationalWorld('gost-2015-512');
  const verifier = createVerifier(world.trust);
  const cms = world.signBes();
  const others = Array.from({ length: 100 }, world.signBes);
  let fresh = createVerifier(world.trust);
  let [stranger, file] = [0, 0];
  const demand = (isRight: boolean | undefined): void => {
    if (isRight !== true) throw new Error('bench: a right signature was refused');
  };
  const judge = (by: typeof verifier, signed = cms): void =>
    demand(by.verify({ cms: signed, content, atMs: nowMs }).verdict === 'VALID');
  const judgeNext = (): void => {
    // A verifier remembers certificates, so each round of all signers gets a new one.
    if (file % others.length === 0) fresh = createVerifier(world.trust);
    judge(fresh, others[file % others.length]);
    file += 1;
  };
  const mebibyte = new Uint8Array(2 ** 20);
  const rates = await ratesOf(
    [
      { name: 'eds-gost-verify-returning-key', run: () => demand(returning?.verify(content, signature)) },
      { name: 'eds-gost-verify-new-key', run: () => demand(strangers[(stranger += 1) % strangers.length]?.()) },
      { name: 'eds-gost-bes-warm', run: () => judge(verifier) },
      { name: 'eds-gost-bes-new-signer', run: judgeNext },
      { name: 'eds-streebog-mib', run: () => void streebog512(mebibyte) },
    ],
    1,
  );
  return againstTargets(rates, nationalTargets);
}

/** The same of the national authority's own file: with its time-stamp, and with that cut off. */
const realTargets = { 'eds-gost-real-stamped-warm': 90, 'eds-gost-real-bes-warm': 180 } as const;

async function realFiles(): Promise<readonly Measure[]> {
  const real = realAuthority();
  if (real === undefined) {
    process.stderr.write('SKIPPED: the data of the national authority is absent, so no real file was measured\n');
    return [];
  }
  const { authority, detached } = real;
  const verifier = createVerifier(trustIn(authority));
  const bare = rebuild(detached, { signer: (parts) => parts.slice(0, -1) });
  const judge = (cms: Uint8Array): void => {
    const { verdict } = verifier.verify({ cms, content: authority.content, atMs: authority.atMs });
    if (verdict !== 'VALID') throw new Error('bench: a real signature was refused');
  };
  const rates = await ratesOf(
    [
      { name: 'eds-gost-real-stamped-warm', run: () => judge(detached) },
      { name: 'eds-gost-real-bes-warm', run: () => judge(bare) },
    ],
    1,
  );
  return againstTargets(rates, realTargets);
}

export async function measure(): Promise<readonly Measure[]> {
  return [...(await verification()), ...(await national()), ...(await realFiles()), ...revocationList()];
}
