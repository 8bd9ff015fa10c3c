import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesInFile, parseOcspResponse, parseRevocationList, parseTimeStampResponse } from '../../eds/index.ts';
import { sharedData } from '../shared-data.ts';
import { signatureSubject } from './subjects.ts';
import type { Subject } from './subject.ts';
import type { Authority } from './world-form.ts';

type RealAuthority = {
  readonly authority: Authority;
  readonly attached: Uint8Array;
  readonly detached: Uint8Array;
  readonly file: (path: string) => Uint8Array;
};

/** Trust in the national authority's test and time-stamping services, and its own signatures; nothing where the optional data is absent. */
export function realAuthority(): RealAuthority | undefined {
  const data = sharedData();
  if (data === undefined) return undefined;
  const file = (path: string): Uint8Array => new Uint8Array(readFileSync(join(data, 'pki', path)));
  const certificate = (path: string): Uint8Array => {
    const read = certificatesInFile(file(path));
    if (!read.ok || read.value[0] === undefined) throw new Error(`${path} holds no certificate`);
    return read.value[0].der;
  };
  const authority: Authority = {
    anchors: [certificate('test-ca/nca_gost2022_test.cer'), certificate('prod/nca_gost_2022.pem')],
    intermediates: [],
    lists: [file('test-crl/nca_gost2022_test.2026-08.crl')],
    responses: [],
    content: file('test-cms/individual_document.txt'),
    atMs: Date.UTC(2026, 8, 1),
    stampRevocation: 'if-known',
  };
  const attached = file('test-cms/individual_attached.der');
  return { authority, attached, detached: file('test-cms/individual_detached.der'), file };
}

/** Signatures, certificates, lists and answers of the national authority; none where the optional data is absent. */
export function realSubjects(): readonly Subject[] {
  const real = realAuthority();
  if (real === undefined) return [];
  const { authority, attached, detached, file } = real;
  const signatures = [
    { it: 'attached', octets: attached },
    { it: 'detached', octets: detached },
  ];
  const others = [
    'test-ca/individual_valid_sign_2004_rsa.cer',
    'prod/root_gost_2020.cer',
    'test-crl/nca_gost2022_d_test.2026.crl',
    'test-ocsp/ocsp_response_individual_2015.bin',
    'test-ocsp/ocsp_response_ceo_2015_revoked.bin',
    'test-tsp/tsp_response.bin',
    'test-tsp/tsp_token.bin',
  ];
  return [
    signatureSubject('real signatures', 1, { authority, signatures }),
    {
      name: 'real certificates, lists and answers',
      weight: 10,
      inputs: others.map(file),
      judge: (octets) => {
        certificatesInFile(octets);
        parseTimeStampResponse(octets);
        parseOcspResponse(octets);
        const list = parseRevocationList(octets);
        if (list.ok) list.value.find('4711');
        return 'right';
      },
    },
  ];
}
