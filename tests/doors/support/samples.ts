import { randomUUID } from 'node:crypto';
import { endpoints, enrolmentProofText, type EndpointName } from '../../../contracts/http/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import type { TestPerson } from '../../server/support/people.ts';
import { testForm } from '../../server/support/forms.ts';
import { base64Of, newCase, type Workstation } from '../../server/support/workstation.ts';

/** A request that its door reads without complaint, whoever sends it. */
export type Sample = {
  /** With query. */
  readonly path: string;
  readonly body?: unknown;
  readonly rawBody?: Buffer;
  readonly media?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const hash = sha256Hex('nothing');
const tus = { 'tus-resumable': '1.0.0' };

function enrolment(desk: Workstation): Sample {
  const code = 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA';
  const publicKey = Buffer.from(desk.client.publicKey).toString('base64');
  const epoch = randomUUID();
  const proof = desk.client.sign(enrolmentProofText({ code, publicKey, epoch })).toString('base64');
  return {
    path: endpoints.enrol.path,
    body: { code, publicKey, name: 'АРМ', kind: 'workstation', epoch, proof },
  };
}

function contact(desk: Workstation): Sample {
  const head = { sequence: 0, hash: sha256Hex(desk.bundle.device.document) };
  const heads = { acts: head, entries: head };
  const body = { form: 'qorgan.contact/1', epoch: desk.epoch, heads, knownTreeSize: 0 };
  return { path: endpoints.contact.path, body };
}

function acts(desk: Workstation, person: TestPerson): Sample {
  const form = testForm();
  const item = desk.act(person, newCase(form), 'registration.submit', { form });
  desk.stepBack();
  return { path: endpoints.acts.path, body: { items: [item] } };
}

/** Of a device that knows nothing of itself. */
const silentPosture = {
  ...{ version: '0.1.0', system: null, patchedAtMs: null, antivirus: null, isDiskEncrypted: null },
  ...{ clockDriftMs: null, remoteControl: null },
};

/** One sample for each door of the table: a door without one does not compile. */
export function samples(desk: Workstation, person: TestPerson): Readonly<Record<EndpointName, Sample>> {
  const upload = endpoints.uploadChunk.path.replace(':sha256', hash);
  const metadata = `descriptor ${Buffer.from('{}').toString('base64')}`;
  const password = base64Of('any password');
  return {
    status: { path: endpoints.status.path },
    enrol: enrolment(desk),
    challenge: { path: endpoints.challenge.path },
    signIn: { path: endpoints.signIn.path, body: { challenge: '{}', cms: 'AAAA', password } },
    password: {
      path: endpoints.password.path,
      body: { challenge: '{}', cms: 'AAAA', proof: { kind: 'password', password }, password },
    },
    policies: { path: `${endpoints.policies.path}?after=0` },
    ...{ registry: { path: endpoints.registry.path }, account: { path: endpoints.account.path } },
    blockedActs: { path: `${endpoints.blockedActs.path}?iin=${person.iin}` },
    accessChanges: { path: `${endpoints.accessChanges.path}?after=0` },
    signOut: { path: endpoints.signOut.path },
    contact: contact(desk),
    cosignatures: {
      path: endpoints.cosignatures.path,
      body: { cosigner: desk.bundle.device, note: 'a note', after: 0 },
    },
    acts: acts(desk, person),
    receipts: { path: `${endpoints.receipts.path}?ids=01920000-0000-7000-8000-000000000000` },
    changes: { path: `${endpoints.changes.path}?after=0` },
    changesStream: { path: endpoints.changesStream.path },
    checkpoint: { path: endpoints.checkpoint.path },
    tile: { path: endpoints.tile.path.replace('*', '0/000.p/1') },
    logKeys: { path: endpoints.logKeys.path },
    logCompromise: { path: endpoints.logCompromise.path },
    consistency: { path: `${endpoints.consistency.path}?from=0&to=1` },
    policy: { path: endpoints.policy.path },
    revocation: { path: endpoints.revocation.path },
    createUpload: {
      path: endpoints.createUpload.path,
      headers: { ...tus, 'upload-length': '1', 'upload-metadata': metadata },
    },
    uploadOffset: { path: upload, headers: tus },
    uploadChunk: {
      path: upload,
      headers: { ...tus, 'upload-offset': '0' },
      media: endpoints.uploadChunk.bytes,
      rawBody: Buffer.from('bytes'),
    },
    endUpload: { path: upload, headers: tus },
    evidenceStatus: { path: endpoints.evidenceStatus.path.replace(':sha256', hash) },
    evidenceBlobs: { path: endpoints.evidenceBlobs.path },
    evidenceBlob: { path: endpoints.evidenceBlob.path.replace(':blob', hash) },
    sessions: { path: endpoints.sessions.path },
    stepUp: { path: endpoints.stepUp.path, body: { password: 'AAAA' } },
    endSession: { path: endpoints.endSession.path.replace(':id', '0'.repeat(32)), body: { reason: '' } },
    posture: { path: endpoints.posture.path, body: silentPosture },
    devices: { path: endpoints.devices.path },
    retention: { path: endpoints.retention.path },
  };
}
