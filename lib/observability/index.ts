export { logLineSchema, logPageSchema, logQuerySchema, type LogLine, type LogPage, type LogQuery, type LogStream } from './schema';
export { looksLikeError } from './first-error';
