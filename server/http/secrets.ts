import { Secret } from '../../core/kernel/index.ts';

/** Wiped when the door is done; of the strings that JSON made on the way, docs/THREATS.md speaks. */
export function passwordOf(text: string): Secret<'password'> {
  return new Secret('password', Buffer.from(text, 'base64'));
}

/** The bytes of a body that was parsed. */
export function wipeBody({ body }: { readonly body: unknown }): void {
  if (body instanceof Uint8Array) body.fill(0);
}
