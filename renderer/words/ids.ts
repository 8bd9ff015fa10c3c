import type { messages } from '../../locales/index.ts';

type MessageId = keyof ReturnType<typeof messages>;
type IdsOf<Namespace extends string> = MessageId extends infer Id
  ? Id extends `${Namespace}.${infer Rest}`
    ? Rest
    : never
  : never;

/** Ids of the words of the screens; a misspelt one does not compile. */
export type WordId = IdsOf<'screens'>;

/** Ids of the words of the sealed prompt. */
export type PromptWordId = IdsOf<'prompt'>;
