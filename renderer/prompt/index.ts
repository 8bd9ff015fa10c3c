export { PromptWindow } from './prompt-window.tsx';
