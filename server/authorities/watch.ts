import { refuse, type Result } from '../../core/kernel/index.ts';
import { defaultAlgorithmPolicy, defaultSuite, type Certificate, type RevocationList } from '../../eds/index.ts';
import type { AuthorityClient } from './client.ts';
import type { AuthorityServicesConfiguration } from './configuration.ts';
import { fetchRevocationList } from './lists.ts';
import { createLiveMemory, type IssuedPair, type LiveAnswers, type LiveMemory } from './live.ts';
import { createOcspAsker, type OcspAsker } from './ocsp.ts';

/** How a service of an authority answers. */
export type ServiceHealth = {
  /** Key identifier, lower-case hexadecimal. */
  readonly authority: string;
  readonly service: 'crl' | 'delta-crl' | 'ocsp';
  /** When it last gave a usable answer in this life of the server. */
  readonly answeredAtMs: number | null;
  /** Why the last question had none. */
  readonly refusal: string | null;
};

/** What the rounds need of the running server. */
export type WatchDuty = {
  /** Certificates of the authorities that the trust document names. */
  readonly trusted: () => readonly Certificate[];
  /** Records a base list (DER) as `qorgan server import-crl` does: it counts from its leaf. */
  readonly importList: (der: Uint8Array) => Promise<Result<null>>;
};

/** Asks authorities in rounds. Nothing that it fetches counts for a signature but through `importList`; the rest can only refuse. */
export type AuthorityWatch = {
  readonly live: LiveAnswers;
  readonly start: (duty: WatchDuty) => void;
  readonly health: () => readonly ServiceHealth[];
  /** Ends when nothing is being recorded any longer; questions that are under way are forgotten. */
  readonly stop: () => Promise<void>;
};

export type WatchOptions = {
  readonly configuration: AuthorityServicesConfiguration;
  readonly client: AuthorityClient;
  readonly nowMs: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Told where a service begins to fail, fails otherwise, or answers again (`refusal` null). No personal data. */
  readonly tell: (health: ServiceHealth) => void;
  /** Told of a bug; the next round comes all the same. */
  readonly onError: (error: unknown) => void;
};

type Configured = AuthorityServicesConfiguration['authorities'][number];
type ListKind = 'crl' | 'delta-crl';

/** Certificates asked about at once; less than the client bears, so that lists are never told that it is busy. */
const questionsAtOnce = 4;

const trust = { algorithmPolicy: defaultAlgorithmPolicy, suite: defaultSuite, refusedPolicies: [] };

function createHealth({ nowMs, tell }: WatchOptions) {
  const known = new Map<string, ServiceHealth>();
  return {
    all: (): readonly ServiceHealth[] => [...known.values()],
    note: (authority: string, service: ServiceHealth['service'], refusal: string | null): void => {
      const key = `${authority} ${service}`;
      const before = known.get(key);
      const answeredAtMs = refusal === null ? nowMs() : (before?.answeredAtMs ?? null);
      const health = { authority, service, answeredAtMs, refusal };
      known.set(key, health);
      if ((before?.refusal ?? null) !== refusal) tell(health);
    },
  };
}

/** The newest list of the first address that gives one. */
async function fetchList(
  client: AuthorityClient,
  { authority, kind, addresses }: { authority: string; kind: ListKind; addresses: readonly string[] },
  trusted: readonly Certificate[],
): Promise<Result<RevocationList>> {
  let last: Result<RevocationList> = refuse('revocation-list-foreign');
  const holders = trusted.filter(({ extensions }) => extensions.subjectKeyIdentifier === authority);
  for (const address of addresses) {
    for (const holder of holders) {
      last = await fetchRevocationList(client, { kind, address, authority: holder }, trust);
      if (last.ok) return last;
    }
  }
  return last;
}

/** Makes a watch; it asks nobody before `start`. */
export function createAuthorityWatch(options: WatchOptions): AuthorityWatch {
  const watch = new Watch(options);
  return {
    live: watch.live,
    start: (duty) => watch.start(duty),
    health: () => watch.health.all(),
    stop: () => watch.stop(),
  };
}

class Watch {
  readonly #options: WatchOptions;
  readonly #everyMs: number;
  readonly #withResponders: ReadonlySet<string>;
  readonly #asker: OcspAsker;
  readonly health: ReturnType<typeof createHealth>;
  readonly live: LiveMemory;
  #isStopped = false;
  #duty: WatchDuty | undefined;
  #timer: NodeJS.Timeout | undefined;
  #recording: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    const { configuration, client, nowMs, randomBytes } = options;
    const { authorities, origins, everySeconds } = configuration;
    this.#options = options;
    this.#everyMs = everySeconds * 1_000;
    this.#withResponders = new Set(authorities.filter(({ ocsp }) => ocsp.length > 0).map(({ authority }) => authority));
    this.#asker = createOcspAsker({
      ...{ client, nowMs, randomBytes, trust, origins },
      ageMaxMs: this.#everyMs,
      addresses: Object.fromEntries(authorities.map(({ authority, ocsp }) => [authority, ocsp])),
    });
    this.health = createHealth(options);
    this.live = createLiveMemory(this.#asker.kept, (pair) => {
      if (this.#duty !== undefined) void this.#guarded(this.#ask(pair));
    });
  }

  start(duty: WatchDuty): void {
    this.#duty = duty;
    void this.#round(duty);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#recording;
  }

  #guarded(task: Promise<void>): Promise<void> {
    return task.catch(this.#options.onError);
  }

  async #ask(pair: IssuedPair): Promise<void> {
    const authority = pair.issuer.extensions.subjectKeyIdentifier ?? '';
    if (this.#isStopped || !this.#withResponders.has(authority)) return;
    const answer = await this.#asker.ask(pair);
    this.live.changed();
    if (!this.#isStopped) this.health.note(authority, 'ocsp', answer.ok ? null : answer.refusal.code);
  }

  /** One after the other, so that each document of lists is made from the one before. */
  #record(authority: string, list: RevocationList, { importList }: WatchDuty): Promise<void> {
    const recorded = this.#recording.then(async () => {
      if (this.#isStopped) return;
      const imported = await importList(list.der);
      this.health.note(authority, 'crl', imported.ok ? null : imported.refusal.code);
    });
    this.#recording = recorded.catch(() => undefined);
    return recorded;
  }

  async #askList({ authority, crl, deltaCrl }: Configured, kind: ListKind, duty: WatchDuty): Promise<void> {
    const addresses = kind === 'crl' ? crl : deltaCrl;
    if (addresses.length === 0) return;
    const list = await fetchList(this.#options.client, { authority, kind, addresses }, duty.trusted());
    if (this.#isStopped) return;
    if (!list.ok) return this.health.note(authority, kind, list.refusal.code);
    if (kind === 'crl') return this.#record(authority, list.value, duty);
    this.live.takeList(authority, list.value);
    this.health.note(authority, kind, null);
  }

  async #askResponders(): Promise<void> {
    const waiting = [...this.live.pairs()];
    const worker = async (): Promise<void> => {
      for (let pair = waiting.pop(); pair !== undefined && !this.#isStopped; pair = waiting.pop())
        await this.#ask(pair);
    };
    await Promise.all(Array.from({ length: questionsAtOnce }, worker));
  }

  async #round(duty: WatchDuty): Promise<void> {
    const { authorities } = this.#options.configuration;
    const lists = authorities.flatMap((one) => [
      this.#askList(one, 'crl', duty),
      this.#askList(one, 'delta-crl', duty),
    ]);
    await Promise.all([...lists, this.#askResponders()].map((task) => this.#guarded(task)));
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#round(duty), this.#everyMs);
  }
}
