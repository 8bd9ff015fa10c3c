import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { toBase64 } from '../../core/kernel/index.ts';
import { formatSignature, openNote, parseNote, type NoteKey } from '../../core/log/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';

/** Why a witness gave nothing. `witness-conflict` is the grave one: it vouched for another tree, or for a longer one. */
export type WitnessTrouble = 'witness-unreachable' | 'witness-refuses' | 'witness-answer-wrong' | 'witness-conflict';

/** From the call to the last octet: a witness writes one small file. */
const timeoutMs = 5_000;
/** Both lines of 64 witnesses would be smaller. */
const answerSizeMaxBytes = 262_144;

type Answer = { readonly status: number; readonly type: string; readonly body: string };

function post(url: URL, body: string, signal: AbortSignal): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) };
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const call = request(url, { method: 'POST', headers, agent: false, signal: bound }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > answerSizeMaxBytes) call.destroy();
        else parts.push(part);
      });
      answer.on('error', () => resolve(undefined));
      answer.on('close', () => resolve(undefined));
      answer.on('end', () => {
        const type = answer.headers['content-type'] ?? '';
        resolve({ status: answer.statusCode ?? 0, type, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    call.on('error', () => resolve(undefined));
    call.on('close', () => resolve(undefined));
    call.end(body);
  });
}

/** The lines of these keys in an answer, each verified over the note; lines of strangers are left out. */
function linesOf(note: string, body: string, keys: readonly NoteKey[]): string | undefined {
  const parsed = parseNote(note + body);
  const opened = openNote({ note: note + body, keys, verifyEd25519, verifyMlDsa44 });
  if (!parsed.ok || !opened.ok) return undefined;
  const known = keys.map((key) => parsed.value.signatures.find(({ name, id }) => name === key.name && id === key.id));
  return known.every((line) => line !== undefined) ? known.map(formatSignature).join('') : undefined;
}

/** What a witness is asked about. */
export type Question = {
  readonly prefix: string;
  readonly keys: readonly NoteKey[];
  /** Size that the witness is thought to know; it says so where it knows another. */
  readonly oldSize: number;
  readonly size: number;
  readonly note: string;
  readonly consistency: (oldSize: number, size: number) => readonly Uint8Array[];
  readonly signal: AbortSignal;
};

/** Calls another door of a witness; `undefined` where no answer came. */
export function postToWitness(
  { prefix, signal }: Pick<Question, 'prefix' | 'signal'>,
  door: string,
  body: string,
): Promise<Answer | undefined> {
  return post(new URL(`${prefix}/${door}`), body, signal);
}

/** Asks a witness for its cosignatures (C2SP tlog-witness), at most twice: the second time from the size that it named. */
export async function askWitness(
  question: Question,
): Promise<{ readonly lines: string } | { readonly trouble: WitnessTrouble }> {
  const { prefix, keys, size, note, consistency, signal } = question;
  const url = new URL(`${prefix}/add-checkpoint`);
  let oldSize = Math.min(question.oldSize, size);
  for (const isLast of [false, true]) {
    const body = [`old ${oldSize}`, ...consistency(oldSize, size).map(toBase64), '', note].join('\n');
    const answer = await post(url, body, signal);
    if (answer === undefined || answer.status >= 500) return { trouble: 'witness-unreachable' };
    if (answer.status === 200) {
      const lines = linesOf(note, answer.body, keys);
      return lines === undefined ? { trouble: 'witness-answer-wrong' } : { lines };
    }
    if (answer.status === 422) return { trouble: 'witness-conflict' };
    if (answer.status !== 409 || !answer.type.startsWith('text/x.tlog.size')) return { trouble: 'witness-refuses' };
    const told = /^(0|[1-9][0-9]{0,14})\n$/u.exec(answer.body)?.[1];
    if (told === undefined) return { trouble: 'witness-answer-wrong' };
    if (Number(told) > size || Number(told) === oldSize) return { trouble: 'witness-conflict' };
    // Somebody else asked it about a part of this log at the same time.
    if (isLast) return { trouble: 'witness-refuses' };
    oldSize = Number(told);
  }
  return { trouble: 'witness-refuses' };
}
