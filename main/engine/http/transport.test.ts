import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { extensions, makeKey, writeCertificate, writeKey, type SigningKey } from '../../../dev/ca/index.ts';
import { certificateKeyHash } from '../crypto.ts';
import { openTransport } from './transport.ts';

function selfSigned(key: SigningKey): Uint8Array {
  const name = [['2.5.4.3', 'server']] as const;
  const nowMs = Date.now();
  return writeCertificate(
    {
      serial: '01',
      issuer: name,
      subject: name,
      notBeforeMs: nowMs - 60_000,
      notAfterMs: nowMs + 86_400_000,
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: [extensions.keyUsage(['digitalSignature'])],
    },
    key,
  );
}

let server: Server | undefined;
let requests = 0;

afterEach(() => {
  requests = 0;
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  key: SigningKey,
  certificate: Uint8Array,
  maxVersion?: 'TLSv1.2' | 'TLSv1.1',
  body = 'hello',
): Promise<string> {
  const cert = new X509Certificate(certificate).toString();
  const old = maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT:@SECLEVEL=0' } : {};
  server = createServer(
    { key: writeKey(key), cert, ...(maxVersion === undefined ? {} : { maxVersion }), ...old },
    (_request, response) => {
      requests += 1;
      response.end(body);
    },
  );
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = { method: 'GET', path: '/', headers: {}, body: undefined };

describe('the way to the pinned server', () => {
  it('speaks to the server whose key was pinned', async () => {
    const key = makeKey('ec-p256');
    const certificate = selfSigned(key);
    const url = await serve(key, certificate);
    const transport = openTransport({ url, spki: certificateKeyHash(certificate) });
    const answer = await transport.send(get);
    transport.close();
    expect(answer.ok && answer.value.body.toString()).toBe('hello');
  });

  it('sends nothing to a server with another key, whatever its certificate says', async () => {
    const key = makeKey('ec-p256');
    const pinned = selfSigned(makeKey('ec-p256'));
    const url = await serve(key, selfSigned(key));
    const transport = openTransport({ url, spki: certificateKeyHash(pinned) });
    const answer = await transport.send(get);
    transport.close();
    expect(answer).toEqual({ ok: false, refusal: { code: 'server-key-differs' } });
    expect(requests).toBe(0);
  });

  it('speaks TLS 1.2 at the least', async () => {
    const key = makeKey('rsa-2048');
    const certificate = selfSigned(key);
    const url = await serve(key, certificate, 'TLSv1.1');
    const transport = openTransport({ url, spki: certificateKeyHash(certificate) });
    const answer = await transport.send(get);
    transport.close();
    expect(answer.ok).toBe(false);
  });

  it('stops reading an answer that does not end', async () => {
    const key = makeKey('ec-p256');
    const certificate = selfSigned(key);
    const url = await serve(key, certificate, undefined, 'x'.repeat(9 * 1024 * 1024));
    const transport = openTransport({ url, spki: certificateKeyHash(certificate) });
    const answer = await transport.send(get);
    transport.close();
    expect(answer).toEqual({ ok: false, refusal: { code: 'server-answer-malformed' } });
  });

  it('says that nobody is there', async () => {
    const certificate = selfSigned(makeKey('ec-p256'));
    const transport = openTransport({ url: 'https://127.0.0.1:9', spki: certificateKeyHash(certificate) });
    const answer = await transport.send(get);
    transport.close();
    expect(answer).toEqual({ ok: false, refusal: { code: 'server-unreachable' } });
  });
});
