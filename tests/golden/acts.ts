import type { ActPayloads, ActType } from '../../core/actions/index.ts';
import type { Iin, Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize, caseHashStart, envelopeText, nextCaseHash, textHash, type ActEnvelope, type Shown } from '../../core/signing/index.ts';
import { sha256 } from '../support/index.ts';
import { actionId, caseId, device, deviceRecord, epoch, form, hashOf, origin, people, platform, profile, startMs } from './world.ts';

export type GoldenAct = { readonly envelope: ActEnvelope; readonly text: string; readonly hash: Sha256Hex; readonly caseHash: Sha256Hex };

type Step = { readonly [T in ActType]: { readonly type: T; readonly payload: ActPayloads[T]; readonly by: Iin } }[ActType];

const { registrar, reviewer } = people;

/** One case from its first day to its last, with every type of act. */
const steps: readonly Step[] = [
  { type: 'registration.submit', payload: { form }, by: registrar.iin },
  { type: 'registration.claim', payload: {}, by: reviewer.iin },
  { type: 'registration.release', payload: {}, by: reviewer.iin },
  { type: 'registration.return', payload: { reasons: ['document-unreadable', 'other'], note: 'Құжаттың екінші беті көрінбейді.\nҚайта түсіріңіз — өтінемін.' }, by: reviewer.iin },
  { type: 'registration.refuse', payload: { reasons: ['face-mismatch'], note: '' }, by: reviewer.iin },
  { type: 'registration.approve', payload: { note: 'Тексерілді: "бәрі дұрыс" \u2028 \u0001 €' }, by: reviewer.iin },
];

function shown(type: ActType): Shown {
  return { locale: 'kk', template: type, version: 1, hash: hashOf(`shown ${type}`) };
}

function actAt(step: Step, at: number, before: GoldenAct | undefined): GoldenAct {
  const envelope = {
    form: 'qorgan.act/1',
    platform,
    profile,
    log: origin,
    id: actionId(at + 1),
    type: step.type,
    schema: 1,
    device,
    epoch,
    sequence: at + 1,
    previous: before?.hash ?? textHash(sha256, canonicalize(deviceRecord)),
    actor: { iin: step.by, certificate: hashOf(`certificate of ${step.by}`) },
    claimedAtMs: startMs + 60_000 * at,
    boot: { id: 'd3b07384-d9a0-4f7e-8f2c-0c8e6a1b2c3d', monotonicMs: 60_000 * at },
    policy: 1,
    treeHead: { size: 4, root: 'QqyZGCDfo3VmPC5JWaU5XPI4V6ALrCOY9PcLX3ee8oc=' },
    subject: { case: caseId, revision: at, hash: before?.caseHash ?? caseHashStart },
    payload: step.payload,
    evidence: at === 0 ? [hashOf('evidence')] : [],
    shown: shown(step.type),
    client: 'qorgan/0.1.0',
  } as ActEnvelope;
  const text = envelopeText(envelope);
  const hash = textHash(sha256, text);
  return { envelope, text, hash, caseHash: nextCaseHash(sha256, envelope.subject.hash, hash) };
}

export const acts: readonly GoldenAct[] = steps.reduce<readonly GoldenAct[]>((done, step, at) => [...done, actAt(step, at, done.at(-1))], []);
