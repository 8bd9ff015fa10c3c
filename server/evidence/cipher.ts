import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { recordKeySizeBytes, recordTagSizeBytes, type RecordCipher } from '../../core/evidence/index.ts';
import { assert } from '../../core/kernel/index.ts';

/** AES-256-GCM of records under the key of one sealed file. */
export function recordCipher(bytes: Uint8Array): RecordCipher {
  assert(bytes.length === recordKeySizeBytes, 'evidence: the key of a sealed file has 32 bytes');
  const key = createSecretKey(bytes);
  return {
    seal: (nonce, additional, plain, sealed) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(additional);
      // A stream cipher: as many bytes come out of each step as went in, and none at the end.
      sealed.set(cipher.update(plain));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plain.length);
    },
    open: (nonce, additional, sealed) => {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: recordTagSizeBytes });
      decipher.setAAD(additional);
      const end = sealed.length - recordTagSizeBytes;
      decipher.setAuthTag(sealed.subarray(end));
      try {
        const plain = decipher.update(sealed.subarray(0, end));
        decipher.final();
        return plain;
      } catch {
        return undefined;
      }
    },
  };
}
