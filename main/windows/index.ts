export { lookOf, openOperatorWindow, operatorAddress, type WindowFiles } from './operator-window.ts';
export { SealedPrompt } from './sealed-prompt.ts';
