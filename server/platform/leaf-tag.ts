import type { Keyring } from '../keys/index.ts';
import type { LeafTags, NewLeaf } from '../store/index.ts';

/** Marks of leaves under the keys of a platform: a leaf that waits with its order, and the place that it was given. */
export function leafTags(keyring: Keyring): LeafTags {
  return {
    ofWaiting: ({ leaf_id, ordinal, body }) => keyring.tag('row leaf_pending', `${leaf_id} ${ordinal} ${body}`),
    ofPlace: ({ leaf_index, leaf_id, body }) => keyring.tag('row leaf_position', `${leaf_index} ${leaf_id} ${body}`),
  };
}

/** Marks a leaf that is to wait for its index: without the mark the log stands still before it. */
export function tagLeaf(keyring: Keyring, leaf: Omit<NewLeaf, 'tag'>): NewLeaf {
  return { ...leaf, tag: leafTags(keyring).ofWaiting(leaf) };
}
