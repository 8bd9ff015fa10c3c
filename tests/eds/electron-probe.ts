import type { KeyKind } from '../../dev/ca/index.ts';
import { content, makeCa, makeSigner, nowMs, signBes, verifierOf } from './world.ts';

// Runs inside Electron's own Node: signs and verifies with every kind of key, and prints what came of it.
const ca = makeCa({ keys: 'rsa-2048' });
const verifier = verifierOf(ca);
const kinds: readonly KeyKind[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'];
const results = kinds.map((kind) => {
  const signer = makeSigner(ca, kind);
  const cms = signBes(signer, { kind });
  const altered = Uint8Array.from(cms);
  altered[altered.length - 9] = (altered[altered.length - 9] ?? 0) ^ 1;
  const verdicts = [cms, altered].map((file) => verifier.verify({ cms: file, content, atMs: nowMs }).verdict);
  return [kind, ...verdicts];
});
process.stdout.write(JSON.stringify({ electron: process.versions['electron'], results }));
