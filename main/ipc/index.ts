export { answerWindow, type AnswerOptions, type WindowHandlers } from './answer.ts';
export { isOwnPage } from './sender.ts';
