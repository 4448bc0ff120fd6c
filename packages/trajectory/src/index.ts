export { type AlternateOptions, type AlternateState, alternate } from './alternate.js';
export { always } from './always.js';
export { type Bounds, projectOntoBox } from './bounds.js';
export { constant } from './constant.js';
export { everyKth } from './every-kth.js';
export { linear } from './linear.js';
export { never } from './never.js';
export type * from './types.js';
