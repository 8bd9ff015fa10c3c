import type { Result } from '../../core/kernel/index.ts';
import type { TrustSource } from '../accounts/index.ts';
import type { CheckedAct, ReadRefusal, RequestProof } from './read-acts.ts';

/** What the thread is told: whom to trust from now on, or a request to read by the trust of that version. */
export type Told =
  | { readonly kind: 'trust'; readonly version: number; readonly source: TrustSource }
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly version: number;
      readonly atMs: number;
      /** Bytes travel as texts of one byte a character: a view of bytes would take the whole memory behind it along. */
      readonly proof: { readonly [Name in keyof RequestProof]: string };
      readonly body: string;
    };

/** What it answers; `frames` where a request met a bug: places of code, nothing of the request. */
export type Answered =
  | { readonly id: number; readonly read: Result<readonly CheckedAct[], ReadRefusal> }
  | { readonly id: number; readonly frames: string };

/** As it travels between the threads. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Back again. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
