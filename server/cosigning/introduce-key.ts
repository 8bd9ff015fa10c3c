import { parseProof, type KeyRotation } from '../../core/log/index.ts';
import { askWitness, postToWitness, type Question } from './ask-witness.ts';

/**
 * Leads a witness that does not know the key of the log from the one that it pinned: it is shown each head that both keys
 * signed, and then the proof of the change. Answers whether it followed any; a witness of another make has its keys changed by hand.
 */
export async function introduceKey(
  question: Pick<Question, 'prefix' | 'keys' | 'consistency' | 'signal'>,
  rotations: readonly KeyRotation[],
): Promise<boolean> {
  let hasFollowed = false;
  for (const rotation of rotations) {
    const proof = parseProof(rotation.proof);
    if (!proof.ok) continue;
    const head = { note: proof.value.checkpoint, size: proof.value.index + 1, oldSize: 0 };
    const shown = await askWitness({ ...question, ...head });
    if (!('lines' in shown)) continue;
    const answer = await postToWitness(question, 'log-key', JSON.stringify(rotation));
    hasFollowed = answer?.status === 200 || hasFollowed;
  }
  return hasFollowed;
}
