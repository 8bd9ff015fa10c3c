export { foundingPage, type FoundingPage } from './founding-page.ts';
export { printedAct } from './printed-act.ts';
export { receiptPage, type PrintedAct, type ReceiptPage } from './page.ts';
export { qrTextOf, type QrText } from './qr-text.ts';
