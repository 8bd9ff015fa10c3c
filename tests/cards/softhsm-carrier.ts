import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  guardTokens,
  importCertificates,
  makeTokens,
  openSoftHsmStore,
  type KeyRequest,
} from '../../dev/softhsm/index.ts';
import type { Carrier, CarrierKeyName } from './carrier.ts';
import { openOpensslCa } from './openssl-ca.ts';

const token = { label: 'Тексеруші', pin: '4321' };

const requests: Readonly<Record<CarrierKeyName, KeyRequest>> = {
  rsa: { keyId: '01', label: 'sign', kind: 'rsa-3072', purpose: 'sign' },
  'rsa-always': { keyId: '02', label: 'sign always', kind: 'rsa-2048', purpose: 'sign', isAlwaysAuthenticating: true },
  p256: { keyId: '03', label: 'sign p256', kind: 'p256', purpose: 'sign' },
  p384: { keyId: '04', label: 'sign p384', kind: 'p384', purpose: 'sign' },
  decrypt: { keyId: '05', label: 'open', kind: 'rsa-2048', purpose: 'decrypt' },
  agree: { keyId: '06', label: 'agree', kind: 'p256', purpose: 'agree' },
};

const unplayable = (): Promise<never> => Promise.reject(new Error('SoftHSM has no such thing'));

/** SoftHSM: one token with all keys, always inserted. It never locks and reports no removal. */
export function openSoftHsmCarrier(): Promise<Carrier> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-softhsm-'));
  const store = openSoftHsmStore(directory);
  const ca = openOpensslCa();
  const made = makeTokens(store, [{ ...token, keys: Object.values(requests) }]);
  const certificates = made.map(({ keyId, spki }) => ({
    keyId,
    label: `certificate ${keyId}`,
    der: ca.certify({ spki, commonName: 'Тексеруші', keyUsage: 'digitalSignature' }),
  }));
  importCertificates(store, token, certificates);
  const stopGuard = guardTokens(store);
  return Promise.resolve({
    name: 'SoftHSM',
    module: { id: 'softhsm', path: store.modulePath, environment: store.environment },
    capabilities: new Set(['wide-rsa']),
    pin: token.pin,
    wrongPin: '9999',
    label: token.label,
    insertWith(name) {
      const { keyId } = requests[name];
      const spki = made.find((key) => key.keyId === keyId)?.spki ?? new Uint8Array();
      return Promise.resolve({
        keyId,
        publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
      });
    },
    remove: unplayable,
    insertAgain: unplayable,
    removeAtNextKeyUse: unplayable,
    unblock: () => Promise.resolve(),
    close() {
      stopGuard();
      ca.close();
      rmSync(directory, { recursive: true });
      return Promise.resolve();
    },
  });
}
