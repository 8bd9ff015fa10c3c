import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseCertificate, trustRulesHash, verifyEvidence } from '../../eds/index.ts';
import { evidenceRules, evidenceTimes } from './evidence-rules.ts';

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(resolve(import.meta.dirname, 'evidence', name)));
const anchor = parseCertificate(read('anchor.cer'));
if (!anchor.ok) throw new Error('the anchor of the vector is a certificate');
const trust = evidenceRules([anchor.value]);
const pack = new TextDecoder().decode(read('pack.json'));
const content = read('content.json');

it('a pack of the form qorgan.evidence/1 proves its two signatures again, and would be written the same to the last byte', () => {
  // Verifying writes the pack anew and compares.
  const verified = verifyEvidence({ pack, content, trust });
  if (!verified.ok) throw new Error(JSON.stringify(verified.refusal));
  const { verdict, signers } = verified.value;
  expect(verdict).toBe('VALID');
  expect(new Set(signers.map(({ signer }) => signer?.algorithm))).toEqual(new Set(['ecdsa-sha256', 'gost-34.10-2015-512']));
  expect(signers.map(({ referenceTimeMs }) => referenceTimeMs)).toEqual([evidenceTimes.stampedMs, evidenceTimes.stampedMs]);
});

it('it has the members that decision 0001 names, and the rules have the hash that they had', () => {
  const fields = JSON.parse(pack) as Record<string, unknown>;
  expect(Object.keys(fields)).toEqual([
    'algorithmPolicy',
    'certificates',
    'cms',
    'content',
    'form',
    'judgedAtMs',
    'ocspResponses',
    'referenceTime',
    'revocationLists',
    'trust',
  ]);
  expect([fields['certificates'], fields['revocationLists'], fields['ocspResponses']].map((list) => (list as unknown[]).length)).toEqual([5, 1, 3]);
  expect(fields['trust']).toBe(trustRulesHash(trust));
  expect(fields['trust']).toBe('77244e825ee8d07ef278df9ebc9965c22976a127a1884bf1ed80f821488b53ab');
});

it('one character less of it is refused', () => {
  expect(verifyEvidence({ pack: pack.slice(0, -1), content, trust }).ok).toBe(false);
  expect(verifyEvidence({ pack: pack.replace('"stamp', '"Stamp').replace('time-stamp', 'given'), content, trust }).ok).toBe(false);
  expect(verifyEvidence({ pack, content: content.subarray(1), trust }).ok).toBe(false);
});
