export { receiptPageCommand } from './page.ts';
export { answerOf, receiptVerify } from './verify.ts';
