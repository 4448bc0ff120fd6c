export { refuseUntrainable } from './refuse-untrainable.js';
