import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestCa, makeKey, type KeyKind } from '../ca/index.ts';
import { startAuthorityServices, timeStampPolicy } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'authority-services-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so nothing independent asked the test authority\n');

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/gu, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
const openssl = (...args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync('openssl', args);
  return `${stdout.toString()}${stderr.toString()}`;
};

async function post(url: string, type: string, body: Uint8Array): Promise<Uint8Array> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(body) });
  return new Uint8Array(await answer.arrayBuffer());
}

/** openssl compares with the clock of the machine. */
const open = (keys: KeyKind) =>
  startAuthorityServices({
    keys,
    nowMs: () => Date.now(),
    makeCa: (addresses) => createTestCa({ demo: false, now: () => Date.now(), keys, addresses }),
  });

describe.skipIf(!hasOpenssl)('openssl as a client of the test authority', () => {
  test.each(['ec-p256', 'rsa-2048'] as const)('believes its time-stamps and its OCSP answers (%s)', async (keys) => {
    const services = await open(keys);
    const { ca, addresses } = services;
    const chain = file('chain.pem', pem(ca.rootCertificate) + pem(ca.issuingCertificate));
    const holder = { surname: 'A', name: 'B', iin: '900101400013' };
    const person = ca.issue({
      subjectPublicKeyInfo: makeKey('ec-p256').subjectPublicKeyInfo,
      holder,
      roles: ['individual'],
    });
    const [query, request] = [join(folder, 'q.tsq'), join(folder, 'q.ocsp')];
    const document = file('document', 'Қазақстан');
    const stamp = async (): Promise<string> => {
      openssl('ts', '-query', '-data', document, '-sha256', '-cert', '-out', query);
      const reply = file('r.tsr', await post(addresses.timeStamps, 'application/timestamp-query', readFileSync(query)));
      return (
        openssl('ts', '-verify', '-queryfile', query, '-in', reply, '-CAfile', chain) +
        openssl('ts', '-reply', '-in', reply, '-text')
      );
    };
    const ask = async (): Promise<string> => {
      const asked = [
        '-issuer',
        file('issuer.pem', pem(ca.issuingCertificate)),
        '-sha256',
        '-cert',
        file('person.pem', pem(person.certificate)),
      ];
      openssl('ocsp', ...asked, '-reqout', request);
      const reply = file('r.ocsp', await post(addresses.ocsp, 'application/ocsp-request', readFileSync(request)));
      return openssl('ocsp', '-reqin', request, '-respin', reply, '-CAfile', chain, '-resp_text');
    };
    const stamped = await stamp();
    expect(stamped).toContain('Verification: OK');
    expect(stamped).toContain(`Policy OID: ${timeStampPolicy}`);
    const asked = await ask();
    expect(asked).toContain('Response verify OK');
    expect(asked).toContain('Cert Status: good');
    services.setFault('wrong-signer');
    expect(await stamp()).not.toContain('Verification: OK');
    expect(await ask()).not.toContain('Response verify OK');
    services.setFault('wrong-nonce');
    expect(await stamp()).not.toContain('Verification: OK');
    expect(await ask()).toContain('Nonce Verify error');
    services.setFault(undefined);
    ca.revoke(person.serial, 1);
    expect(await ask()).toContain('Cert Status: revoked');
    await services.close();
  });
});
