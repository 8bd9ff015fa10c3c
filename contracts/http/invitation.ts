import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { sha256Hex } from '../documents/index.ts';

/**
 * What `qorgan server enrol-code` prints and a person carries to the new workstation: where the server is, the hash of its
 * public key, and the one-time code. The hash makes the first contact safe: nothing is trusted on first use.
 */
export type Invitation = {
  /** Origin of the server, `https://host:port`, no slash at the end. */
  readonly url: string;
  /** SHA-256 of the server's SubjectPublicKeyInfo. */
  readonly spki: Sha256Hex;
  readonly code: string;
};

const lengthMax = 512;
const pattern =
  /^(https:\/\/[a-z0-9.-]{1,253}(?::[0-9]{1,5})?)\/enrol#([0-9a-f]{64})\.([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})$/u;

/** One line: `https://host:port/enrol#<hash>.<code>`. The part after `#` is never sent by any client that follows it. */
export function formatInvitation(invitation: Invitation): string {
  return `${invitation.url}/enrol#${invitation.spki}.${invitation.code}`;
}

/** Reads an invitation; surrounding white space is a habit of copying and is dropped. */
export function parseInvitation(text: string): Result<Invitation, 'invitation-malformed'> {
  const trimmed = text.trim();
  const parts = trimmed.length > lengthMax ? null : pattern.exec(trimmed);
  const spki = sha256Hex.safeParse(parts?.[2]);
  const [, url, , code] = parts ?? [];
  if (url === undefined || code === undefined || !spki.success) return refuse('invitation-malformed');
  return ok({ url, spki: spki.data, code });
}
