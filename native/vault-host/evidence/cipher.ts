import { createCipheriv, createDecipheriv } from 'node:crypto';
import { recordTagSizeBytes, type RecordCipher } from '../../../core/evidence/index.ts';

/** AES-256-GCM of Node under one key, for the records of one file. */
export function recordCipher(key: Uint8Array): RecordCipher {
  return {
    seal(nonce, additional, plain, sealed) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(additional);
      // A stream cipher: as many bytes come out of each step as went in, and none at the end.
      sealed.set(cipher.update(plain));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plain.length);
    },
    open(nonce, additional, sealed) {
      const end = sealed.length - recordTagSizeBytes;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: recordTagSizeBytes });
        decipher.setAAD(additional);
        decipher.setAuthTag(sealed.subarray(end));
        const plain = decipher.update(sealed.subarray(0, end));
        decipher.final();
        return plain;
      } catch {
        return undefined;
      }
    },
  };
}
