import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { fromBase64, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { noteKeyTypes, parseNoteKey, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';

/** A mirror that the operator named: where it answers, and by which keys it vouches for what it holds. */
export type NamedMirror = {
  /** Of its keys; what people read. */
  readonly name: string;
  readonly url: string;
  /** The certificate (PEM) that it must show, or `null` where the authorities of this machine judge it. */
  readonly certificate: string | null;
  readonly keys: readonly NoteKey[];
  /** By which it asks for sealed evidence. */
  readonly door: { readonly id: string; readonly publicKey: Uint8Array };
};

const schema = z.strictObject({
  form: z.literal('qorgan.mirrors/1'),
  mirrors: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/u }).max(300),
        certificate: z.string().max(65_536).nullable().default(null),
        keys: z.array(z.string().max(4_096)).min(1).max(2),
        door: z.strictObject({ id: z.uuid(), publicKey: z.base64().length(44) }),
      }),
    )
    .max(16),
});

/** The file in the folder of a platform; without it no mirror is known. */
export const mirrorsFile = 'mirrors.json';
const fileSizeMaxBytes = 1_048_576;

type Entry = z.output<typeof schema>['mirrors'][number];

function mirrorOf({ url, certificate, keys, door }: Entry): NamedMirror | undefined {
  const parsed = keys.flatMap((text) => {
    const key = parseNoteKey(sha256, text);
    return key.ok && key.value.type !== noteKeyTypes.ed25519 ? [key.value] : [];
  });
  const [first] = parsed;
  const publicKey = fromBase64(door.publicKey);
  if (first === undefined || parsed.length !== keys.length || !publicKey.ok) return undefined;
  if (parsed.some(({ name }) => name !== first.name)) return undefined;
  const address = url.replace(/\/+$/u, '');
  return {
    name: first.name,
    url: address,
    certificate,
    keys: parsed,
    door: { id: door.id, publicKey: publicKey.value },
  };
}

/** Reads the file of a platform's folder; nobody where there is none. A server does not start by one that it cannot read. */
export function readMirrors(directory: string): Result<readonly NamedMirror[], 'mirrors-malformed'> {
  const file = join(directory, mirrorsFile);
  if (!existsSync(file)) return ok([]);
  if (statSync(file).size > fileSizeMaxBytes) return refuse('mirrors-malformed');
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    const mirrors = parsed.success ? parsed.data.mirrors.map(mirrorOf).filter((one) => one !== undefined) : [];
    const isRead = parsed.success && mirrors.length === parsed.data.mirrors.length;
    const isOnce = new Set(mirrors.map(({ name }) => name)).size === mirrors.length;
    return isRead && isOnce ? ok(mirrors) : refuse('mirrors-malformed');
  } catch {
    return refuse('mirrors-malformed');
  }
}
