export { say, type VerifierLocale } from './words.ts';
