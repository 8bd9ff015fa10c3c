import type { AccessCase } from '../../../core/access/index.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import type { ActPayloads, ActType, RegistrationForm } from '../../../core/actions/index.ts';
import type { ActionId, CaseId, DeviceId, JournalEpoch, PlatformId, Sha256Hex } from '../../../core/kernel/index.ts';
import {
  caseHashStart,
  envelopeText,
  nextCaseHash,
  shownTextOfEnvelope,
  shownVersion,
  type ActEnvelope,
  type EnrolmentBundle,
} from '../../../core/signing/index.ts';
import { parseDeviceRecord, parseEnrolmentBundle } from '../../../contracts/documents/index.ts';
import { endpoints, enrolmentProofText, type ActItem, type ActsResponse } from '../../../contracts/http/index.ts';
import { signingTexts } from '../../../locales/signing/index.ts';
import { sha256, sha256Hex } from '../../../eds/index.ts';
import { uuidV7 } from '../../../server/platform/index.ts';
import type { RunningServer } from '../../../server/boot/index.ts';
import { codeOf, TestClient, type Answer } from './client.ts';
import { signAs, type TestPerson } from './people.ts';
import { activationCodes, must } from './platform.ts';

const surroundings = {
  nowMs: () => Date.now(),
  randomBytes: (size: number) => randomBytes(size),
  uuid: () => randomUUID(),
};

/** What a workstation knows of a case. */
export type CaseView = {
  readonly id: CaseId;
  revision: number;
  hash: Sha256Hex;
  form: RegistrationForm;
  /** Of a case of changed rights. */
  access?: AccessCase;
};

export type ActOptions = {
  readonly change?: (envelope: ActEnvelope) => ActEnvelope;
  /** Signs another text than the one sent. */
  readonly signedText?: (text: string) => string;
};

export function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A workstation without a vault: it keeps its chain in memory. */
export class Workstation {
  client: TestClient;
  readonly epoch = randomUUID() as JournalEpoch;
  #bundle: EnrolmentBundle | undefined;
  sequence = 0;
  /** Which version of the policy its acts name. */
  policyVersion = 1;
  previous = '' as Sha256Hex;
  #before = '' as Sha256Hex;

  constructor(server: Pick<RunningServer, 'url' | 'pin'>) {
    this.client = new TestClient(server);
  }

  /** Goes on with the same key and chain at a server that was started anew. */
  reconnect(server: Pick<RunningServer, 'url' | 'pin'>): void {
    const before = this.client;
    before.close();
    this.client = new TestClient(server, before.key);
    this.client.device = before.device;
  }

  get device(): DeviceId {
    return this.client.device as DeviceId;
  }

  get bundle(): EnrolmentBundle {
    if (this.#bundle === undefined) throw new Error('not enrolled');
    return this.#bundle;
  }

  /** Asks for enrolment by a code. */
  async enrol(code: string): Promise<Answer> {
    const publicKey = Buffer.from(this.client.publicKey).toString('base64');
    const proof = this.client.sign(enrolmentProofText({ code, publicKey, epoch: this.epoch })).toString('base64');
    const answer = await this.client.call({
      method: 'POST',
      path: '/v1/enrolments',
      body: { code, publicKey, name: 'АРМ-1', kind: 'workstation', epoch: this.epoch, proof },
    });
    if (answer.status === 200) {
      this.#bundle = must(parseEnrolmentBundle(endpoints.enrol.response.parse(answer.json).bundle.document));
      const record = must(parseDeviceRecord(this.bundle.device.document));
      this.client.device = record.device;
      this.previous = sha256Hex(this.bundle.device.document);
    }
    return answer;
  }

  /** A fresh challenge, signed by a card. */
  async cardProof(person: TestPerson): Promise<{ readonly challenge: string; readonly cms: string }> {
    const { challenge } = endpoints.challenge.response.parse(
      (await this.client.call({ method: 'POST', path: '/v1/sign-in/challenges' })).json,
    );
    return { challenge, cms: Buffer.from(signAs(person, challenge)).toString('base64') };
  }

  /** Sets a password beside a card, by a code or by the password before. */
  async setPassword(person: TestPerson, proof: { readonly code: string } | { readonly before: string }) {
    const given =
      'code' in proof
        ? { kind: 'activation-code', code: proof.code }
        : { kind: 'password', password: base64Of(proof.before) };
    const body = { ...(await this.cardProof(person)), proof: given, password: base64Of(person.password) };
    return this.client.call({ method: 'POST', path: '/v1/password', body });
  }

  /** Signs in by card and password; whoever has a code for his first password sets it before. */
  async signIn(person: TestPerson): Promise<Answer> {
    const code = activationCodes.get(person.certificateHash);
    if (code !== undefined && activationCodes.delete(person.certificateHash)) await this.setPassword(person, { code });
    const body = { ...(await this.cardProof(person)), password: base64Of(person.password) };
    return this.client.call({ method: 'POST', path: '/v1/sign-in', body });
  }

  /** Builds and signs the next act; the chain goes on as if it were kept. */
  act<Type extends ActType>(
    person: TestPerson,
    view: CaseView,
    type: Type,
    payload: ActPayloads[Type],
    options: ActOptions = {},
  ): ActItem {
    const draft = this.#envelope(person, view, type, payload);
    const shown = must(shownTextOfEnvelope(signingTexts, draft, view.access ?? { form: view.form }));
    const whole = { ...draft, shown: { ...draft.shown, hash: sha256Hex(shown) } } as ActEnvelope;
    const text = envelopeText(options.change?.(whole) ?? whole);
    const cms = Buffer.from(signAs(person, options.signedText?.(text) ?? text)).toString('base64');
    this.sequence += 1;
    this.#before = this.previous;
    this.previous = sha256Hex(text);
    return { actionId: draft.id, epoch: this.epoch, sequence: this.sequence, envelope: text, cms };
  }

  #envelope<Type extends ActType>(
    person: TestPerson,
    view: CaseView,
    type: Type,
    payload: ActPayloads[Type],
  ): ActEnvelope {
    const { platform, profile, log } = this.bundle;
    return {
      form: 'qorgan.act/1',
      platform: platform as PlatformId,
      profile,
      log: log.origin,
      id: uuidV7(surroundings) as ActionId,
      type,
      schema: 1,
      device: this.device,
      epoch: this.epoch,
      sequence: this.sequence + 1,
      previous: this.previous,
      actor: { iin: person.iin, certificate: person.certificateHash },
      claimedAtMs: Date.now(),
      boot: { id: randomUUID(), monotonicMs: 1 },
      policy: this.policyVersion,
      treeHead: { size: 0, root: Buffer.from(sha256()).toString('base64') },
      subject: { case: view.id, revision: view.revision, hash: view.hash },
      payload,
      evidence: [],
      shown: { locale: 'kk', template: type, version: shownVersion, hash: '0'.repeat(64) },
      client: 'test',
    } as unknown as ActEnvelope;
  }

  /** The last act with another text in its place; the chain goes on over what is sent. */
  spoil(item: ActItem, change: (text: string) => string): ActItem {
    const envelope = change(item.envelope);
    this.#before = this.previous;
    this.previous = sha256Hex(envelope);
    return { ...item, envelope };
  }

  /** Forgets the last act that was built. */
  stepBack(): void {
    this.sequence -= 1;
    this.previous = this.#before;
  }

  /** The view after an act of ours was accepted. */
  accepted(view: CaseView, item: ActItem): void {
    view.hash = nextCaseHash(sha256, view.hash, sha256Hex(item.envelope));
    view.revision += 1;
  }

  /** Sends acts and answers, for each, its outcome by promise or `not kept: <code>`. */
  async outcomes(items: readonly ActItem[]): Promise<readonly string[]> {
    const answer = await this.send(items);
    if (answer.status !== 200) return [codeOf(answer)];
    return resultsOf(answer).map((result) =>
      'promise' in result ? promiseOutcome(result.promise.document) : `not kept: ${result.refusal.code}`,
    );
  }

  send(items: readonly ActItem[]): Promise<Answer> {
    return this.client.call({ method: 'POST', path: '/v1/acts', body: { items } });
  }

  receipts(ids: readonly string[]): Promise<Answer> {
    return this.client.call({ method: 'GET', path: `/v1/receipts?ids=${ids.join(',')}` });
  }
}

export function resultsOf(answer: Answer): ActsResponse['results'] {
  return endpoints.acts.response.parse(answer.json).results;
}

function promiseOutcome(document: string): string {
  return (JSON.parse(document) as { readonly outcome: string }).outcome;
}

/** Receipts come within the promise; a test waits a little longer than its deadline. */
export async function receiptOf(workstation: Workstation, actionId: string): Promise<string> {
  for (let i = 0; i < 100; i += 1) {
    const { receipts } = endpoints.receipts.response.parse((await workstation.receipts([actionId])).json);
    const receipt = receipts[0]?.receipt;
    if (typeof receipt === 'string') return receipt;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no receipt within five seconds');
}

/** An enrolled workstation. */
export async function enrolled(server: RunningServer): Promise<Workstation> {
  const workstation = new Workstation(server);
  const { code } = await server.administration.enrolCode();
  const answer = await workstation.enrol(code);
  if (answer.status !== 200) throw new Error(codeOf(answer));
  return workstation;
}

/** A case that does not exist yet. */
export function newCase(form: RegistrationForm): CaseView {
  return { id: randomUUID() as CaseId, revision: 0, hash: caseHashStart, form };
}
