export { writeTimeStampRequest, type TimeStampRequest } from './request.ts';
export { acceptTimeStampResponse, parseTimeStampResponse, type TimeStampResponse } from './response.ts';
export { parseTimeStampToken, type TimeStampToken } from './token.ts';
export { parseTstInfo, type MessageImprint, type TstInfo } from './tst-info.ts';
