import type { KeyKind } from '../../dev/ca/index.ts';
import { createVerifier, type Verifier } from '../../eds/index.ts';
import { makeNationalWorld } from './national-world.ts';
import { content, makeCa, makeSigner, nowMs, signBes, verifierOf } from './world.ts';

// Runs inside Electron's own Node: signs and verifies with every kind of key, and prints what came of it.
const ca = makeCa({ keys: 'rsa-2048' });
const verifier = verifierOf(ca);
const kinds: readonly KeyKind[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'];
const verdictsOf = (cms: Uint8Array, by: Verifier): readonly string[] => {
  const altered = Uint8Array.from(cms);
  altered[altered.length - 9] = (altered[altered.length - 9] ?? 0) ^ 1;
  return [cms, altered].map((file) => by.verify({ cms: file, content, atMs: nowMs }).verdict);
};
const results = kinds.map((kind) => [kind, ...verdictsOf(signBes(makeSigner(ca, kind), { kind }), verifier)]);
const national = (['gost-2015-256', 'gost-2015-512'] as const).map((family) => {
  const world = makeNationalWorld(family);
  return [family, ...verdictsOf(world.signBes(), createVerifier(world.trust))];
});
process.stdout.write(JSON.stringify({ electron: process.versions['electron'], results: [...results, ...national] }));
