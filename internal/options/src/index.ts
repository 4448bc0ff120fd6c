export { checkNoOptions, checkOptions } from './check-options.js';
export { describeValue } from './describe-value.js';
export { nearest } from './nearest.js';
export { checkPart, type PartCheck } from './parts.js';
