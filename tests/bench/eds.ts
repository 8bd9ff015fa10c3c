import { createPublicKey, verify } from 'node:crypto';
import { keyIdentifierOf, makeKey, makeNationalKey, signNational, writeRevocationList } from '../../dev/ca/index.ts';
import { createVerifier, parseRevocationList, parseSignedData } from '../../eds/index.ts';
import { messageLimits, oids, openDer, type DerReader } from '../../eds/der/index.ts';
import { nationalSuite, streebog512 } from '../../eds/gost/index.ts';
import { makeNationalWorld } from '../eds/national-world.ts';
import { content, makeCa, makeSigner, nowMs, signBes, trustOf, unwrap } from '../eds/world.ts';
import type { Measure } from './run.ts';

const rounds = 12;
const sliceMs = 80;

type Work = { readonly name: string; readonly run: () => unknown };

/** Operations a second of several works, in slices that take turns, so that a busy machine slows all of them alike. */
function ratesOf(works: readonly Work[], atOnce = 10): ReadonlyMap<string, number> {
  const totals = works.map((work) => ({ work, count: 0, spentMs: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const total of totals) {
      const startedMs = performance.now();
      let readMs = startedMs;
      for (; readMs - startedMs < sliceMs; readMs = performance.now()) {
        for (let i = 0; i < atOnce; i += 1) total.work.run();
        // The first rounds only warm the compiler.
        if (round >= 2) total.count += atOnce;
      }
      if (round >= 2) total.spentMs += readMs - startedMs;
    }
  }
  return new Map(totals.map(({ work, count, spentMs }) => [work.name, (count / spentMs) * 1000]));
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

/** Verification of RSA-2048 CAdES-BES on one core, beside the bare RSA operation that it cannot do without. */
function verification(): readonly Measure[] {
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
  const rates = ratesOf([
    { name: 'bare', run: () => verify('sha256', message, key, signature) },
    { name: 'eds-verify-warm', run: () => judge(warm, cms) },
    { name: 'eds-verify-new-signer', run: nextSigner },
    { name: 'eds-der-walk', run: () => walk(openDer(cms, messageLimits)) },
  ]);
  const baseline = rates.get('bare') ?? Number.NaN;
  return ['eds-verify-warm', 'eds-verify-new-signer', 'eds-der-walk'].map((name) => {
    const value = rates.get(name) ?? Number.NaN;
    return { name, value, unit: 'per second', baseline, ratio: value / baseline };
  });
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
function national(): readonly Measure[] {
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
  const rates = ratesOf(
    [
      { name: 'eds-gost-verify-returning-key', run: () => demand(returning?.verify(content, signature)) },
      { name: 'eds-gost-verify-new-key', run: () => demand(strangers[(stranger += 1) % strangers.length]?.()) },
      { name: 'eds-gost-bes-warm', run: () => judge(verifier) },
      { name: 'eds-gost-bes-new-signer', run: judgeNext },
      { name: 'eds-streebog-mib', run: () => streebog512(mebibyte) },
    ],
    1,
  );
  return Object.entries(nationalTargets).map(([name, baseline]) => {
    const value = rates.get(name) ?? Number.NaN;
    return { name, value, unit: 'per second', baseline, ratio: value / baseline };
  });
}

export function measure(): Promise<readonly Measure[]> {
  return Promise.resolve([...verification(), ...national(), ...revocationList()]);
}
