export { centralDifference } from './central-difference.js';
export { expectNoLeak } from './expect-no-leak.js';
export { type Numbers, relativeError, toNumbers } from './relative-error.js';
