export { checkOptions } from './check-options.js';
export { nearest } from './nearest.js';
