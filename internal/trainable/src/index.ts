export { failureSentence, refuseUntrainable, remedyFor, trainingFailure } from './refuse-untrainable.js';
