import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeCardKey,
  openVirtualReader,
  type CardDefinition,
  type CardKeyKind,
  type PivSlot,
} from '../../dev/virtual-card/index.ts';
import { realTimers } from '../../main/hosts/index.ts';
import type { Carrier, CarrierKey, CarrierKeyName } from './carrier.ts';
import { openOpensslCa, type OpensslCa } from './openssl-ca.ts';

const pin = '123456';
const label = 'ОПЕРАТОР ТЕСТ';

/** A PIV card has three keys: which of the two cards of the drawer holds which. OpenSC counts them 01, 02, 03. */
const places: Readonly<Record<CarrierKeyName, { card: 'rsa' | 'elliptic' | 'wide'; keyId: string }>> = {
  rsa: { card: 'rsa', keyId: '01' },
  'rsa-always': { card: 'rsa', keyId: '02' },
  decrypt: { card: 'rsa', keyId: '03' },
  p256: { card: 'elliptic', keyId: '02' },
  agree: { card: 'elliptic', keyId: '03' },
  p384: { card: 'wide', keyId: '02' },
};

type Made = { readonly definition: CardDefinition; readonly keys: ReadonlyMap<string, CarrierKey> };

function makeCard(ca: OpensslCa, name: string, kinds: readonly [CardKeyKind, CardKeyKind, CardKeyKind]): Made {
  const slots: readonly PivSlot[] = ['9a', '9c', '9d'];
  const keys = new Map<string, CarrierKey>();
  const cardKeys = slots.map((slot, i) => {
    const kind = kinds[i] ?? 'rsa-2048';
    const { privateKeyDer, spki } = makeCardKey(kind);
    const opening = kind === 'rsa-2048' ? 'keyEncipherment' : 'keyAgreement';
    const keyUsage = slot === '9d' ? opening : 'digitalSignature,nonRepudiation';
    const keyId = `0${i + 1}`;
    keys.set(keyId, { keyId, publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }) });
    return { slot, privateKeyDer, certificateDer: ca.certify({ spki, commonName: label, keyUsage }) };
  });
  return { definition: { name, pin, keys: cardKeys }, keys };
}

/** The virtual PIV card behind pcscd and OpenSC: everything that a card in a reader can do to a program. */
export async function openVirtualCardCarrier(): Promise<Carrier> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-card-'));
  const ca = openOpensslCa();
  const cards = {
    rsa: makeCard(ca, 'rsa', ['rsa-2048', 'rsa-2048', 'rsa-2048']),
    elliptic: makeCard(ca, 'elliptic', ['rsa-2048', 'p256', 'p256']),
    wide: makeCard(ca, 'wide', ['rsa-2048', 'p384', 'p384']),
  };
  const reader = await openVirtualReader({ directory, timers: realTimers });
  let inserted: keyof typeof cards | undefined;
  const must = async (done: Promise<{ ok: boolean }>): Promise<void> => {
    if (!(await done).ok) throw new Error('the virtual reader refused');
  };
  return {
    name: 'virtual PIV card',
    module: { id: 'opensc', path: reader.modulePath, environment: reader.environment },
    capabilities: new Set(['removal-events', 'locks', 'removal-in-operation']),
    pin,
    wrongPin: '000000',
    label,
    async insertWith(name) {
      const place = places[name];
      const { definition, keys } = cards[place.card];
      if (inserted !== place.card)
        await must(reader.host.call('insertNew', { slot: 0, card: { ...definition, keys: [...definition.keys] } }));
      inserted = place.card;
      const key = keys.get(place.keyId);
      if (key === undefined) throw new Error('no such key on this card');
      return key;
    },
    async remove() {
      await must(reader.host.call('remove', { slot: 0 }));
    },
    async insertAgain() {
      await must(reader.host.call('insertAgain', { slot: 0 }));
    },
    async removeAtNextKeyUse() {
      await must(reader.host.call('leaveAtKeyUse', { slot: 0 }));
    },
    async unblock() {
      await must(reader.host.call('unblock', { slot: 0 }));
    },
    async close() {
      await reader.close();
      ca.close();
      rmSync(directory, { recursive: true });
    },
  };
}
