import type { PromptAnswer, PromptPort, PromptQuestion } from '../../main/engine/index.ts';
import { Secret, type Refusal, type Result } from '../../core/kernel/index.ts';
import { isMessageId, words, type Locale, type MessageId } from '../../locales/index.ts';

type View = Awaited<ReturnType<PromptQuestion<unknown>['view']>>;

/** Refusals after which the same person may type again; each costs an attempt, so nothing is tried twice by itself. */
const typedWrongly = new Set(['pin-incorrect', 'pin-length', 'slot-key-wrong', 'password-missing']);

export type TerminalPromptOptions = {
  readonly locale: Locale;
  /** For the first password; typed with the first answer that is taken. */
  readonly activationCode: string | undefined;
  readonly askSecret: (prompt: string) => Promise<Uint8Array | undefined>;
  readonly onRefusal: (refusal: Refusal) => void;
  readonly onQuestion: (sentence: string) => void;
};

/**
 * Asks for PIN and password at a terminal, once for a whole import: whoever runs it signs every case of the file by one
 * decision, and reads each act as a sentence while it is signed. `close` wipes both.
 */
export class TerminalPrompt implements PromptPort {
  readonly #options: TerminalPromptOptions;
  #pin: Secret<'pin'> | undefined;
  #password: Secret<'password'> | undefined;
  #activationCode: string | undefined;

  constructor(options: TerminalPromptOptions) {
    this.#options = options;
    this.#activationCode = options.activationCode;
  }

  async ask<T>(question: PromptQuestion<T>): Promise<Result<T>> {
    let last: Refusal = { code: 'cancelled' };
    for (;;) {
      const view = await question.view();
      this.#say(view);
      const answer = await this.#answer(view);
      if (answer === undefined) return { ok: false, refusal: last };
      const result = await question.attempt(answer);
      if (result.ok && answer.activationCode !== null) this.#activationCode = undefined;
      if (result.ok || !typedWrongly.has(result.refusal.code)) return result;
      last = result.refusal;
      this.#options.onRefusal(last);
      this.close();
    }
  }

  #say({ title }: View): void {
    const id: string = `prompt.${title.id}`;
    const sentence = isMessageId(id) ? words(this.#options.locale, id, title.values) : title.id;
    this.#options.onQuestion(sentence);
  }

  async #secret<Kind extends string>(kind: Kind, id: MessageId): Promise<Secret<Kind> | undefined> {
    const bytes = await this.#options.askSecret(words(this.#options.locale, id));
    return bytes === undefined ? undefined : new Secret(kind, bytes);
  }

  async #answer({ asks }: View): Promise<PromptAnswer | undefined> {
    if (asks.pin) this.#pin ??= await this.#secret('pin', 'cli.journal.pin');
    if (asks.password) this.#password ??= await this.#secret('password', 'cli.journal.password');
    if ((asks.pin && this.#pin === undefined) || (asks.password && this.#password === undefined)) return undefined;
    // The engine wipes what it is given; ours stays for the next case.
    return {
      pin: asks.pin && this.#pin !== undefined ? new Secret('pin', this.#pin.reveal()) : null,
      password: asks.password && this.#password !== undefined ? new Secret('password', this.#password.reveal()) : null,
      formerPassword: null,
      newRecognitionPhrase: null,
      activationCode: asks.activationCode ? (this.#activationCode ?? null) : null,
    };
  }

  close(): void {
    this.#pin?.wipe();
    this.#password?.wipe();
    this.#pin = undefined;
    this.#password = undefined;
  }
}
