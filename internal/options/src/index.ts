export { checkNumber, type NumberRange } from './check-number.js';
export { checkNoOptions, checkOptions, type KnownOptions } from './check-options.js';
export { describeValue, isPlainObject } from './describe-value.js';
export { nearest } from './nearest.js';
export { checkPart, isPart, type PartCheck } from './parts.js';
