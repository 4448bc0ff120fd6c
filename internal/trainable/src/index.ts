export { refuseUntrainable, trainingFailure } from './refuse-untrainable.js';
