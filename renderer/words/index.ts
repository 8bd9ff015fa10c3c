export type { PromptWordId, WordId } from './ids.ts';
export { useWords, WordsProvider, type Words } from './provider.tsx';
export { locales, type Locale } from '../../locales/index.ts';
