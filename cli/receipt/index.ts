export { answerOf, receiptVerify } from './verify.ts';
