import { parseIin, type Iin, type Sha256Hex } from '../../core/kernel/index.ts';
import { defaultAlgorithmPolicy } from '../algorithms/index.ts';
import { defaultSuite } from '../gost/index.ts';
import { createRevocationStore } from './revocation-store.ts';
import { nationalPurposes, nationalRoleMappings } from './trust.ts';
import { createVerifier, type Verifier } from './verifier.ts';

const noAnswers = createRevocationStore({ lists: [], responses: [] });

/**
 * Trusts nobody: it only says by which certificate something was signed. Whether that certificate acts for a person is in a record that two
 * people signed, and was judged with chain and revocation when the signature came.
 */
const bare: Verifier = createVerifier({
  anchors: [],
  intermediates: [],
  algorithmPolicy: defaultAlgorithmPolicy,
  suite: defaultSuite,
  roleMappings: nationalRoleMappings,
  purposes: nationalPurposes,
  refusedPolicies: [],
  revocation: () => noAnswers,
});

/** What makes a signature one over these very bytes by this very certificate. */
const needed = ['parse', 'digest', 'signature'] as const;

/** `cms`: DER, or its base64. True where exactly one card signed this text, by this certificate, which names this person. */
export function isSignedByCard(
  signed: { readonly cms: Uint8Array | string; readonly text: string; readonly atMs: number },
  by: { readonly iin: Iin; readonly certificate: Sha256Hex },
): boolean {
  const { text, atMs } = signed;
  const cms = typeof signed.cms === 'string' ? Buffer.from(signed.cms, 'base64') : signed.cms;
  const report = bare.verify({ cms, content: Buffer.from(text), atMs, referenceTime: 'given' });
  const isSigned = needed.every((name) =>
    report.stages.some((stage) => stage.name === name && stage.outcome === 'PASS'),
  );
  const iin = parseIin(report.signer?.iin ?? '');
  const isHis = iin.ok && iin.value === by.iin && report.signer?.certificateSha256 === by.certificate;
  return isSigned && report.signers.length === 1 && isHis;
}
