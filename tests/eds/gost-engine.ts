// A process of its own for the GOST engine of OpenSSL: loading it changes node:crypto for good. Reads questions, writes answers.
import { constants, createHash, createPrivateKey, createPublicKey, setEngine, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A question to the engine; octets are base64. `digest` is the engine's own name of it. */
export type Question = {
  readonly digest: string;
  readonly message: string;
  /** SubjectPublicKeyInfo and signature as RFC 9215 writes them: is it right? */
  readonly publicKey?: string;
  readonly signature?: string;
  /** PKCS#8 in PEM, since Node hands DER to no engine: sign the message. */
  readonly privateKey?: string;
};

export type Answer = {
  readonly digest: string;
  readonly isRight: boolean | undefined;
  readonly signature: string | undefined;
};

function answer(question: Question): Answer {
  const octets = (text: string): Buffer => Buffer.from(text, 'base64');
  const { digest, publicKey, signature, privateKey } = question;
  const message = octets(question.message);
  const key = publicKey && createPublicKey({ key: octets(publicKey), format: 'der', type: 'spki' });
  return {
    digest: createHash(digest).update(message).digest('base64'),
    isRight: key ? verify(digest, message, key, octets(signature ?? '')) : undefined,
    signature: privateKey && sign(digest, message, createPrivateKey(privateKey)).toString('base64'),
  };
}

if (process.argv[2] !== undefined) {
  setEngine(process.argv[2], constants.ENGINE_METHOD_ALL);
  const questions = JSON.parse(readFileSync(0, 'utf8')) as readonly Question[];
  process.stdout.write(JSON.stringify(questions.map(answer)));
}
