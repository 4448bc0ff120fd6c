import { testMistakes } from '@metadistill/testing';
import { expect, test } from 'vitest';
import * as exported from '../src/index.js';

// Everything else that is exported makes a part from options, or from other parts.
testMistakes(exported, [
  // A generator checks when it is iterated; see check-dataset.test.ts.
  'checkDatasetInParts',
  'checkNormalization',
  'checkTeacherLogits',
  'decodeCifar10',
  'decodeIdx',
  'decodeNpy',
  'disposeBatch',
  'encodeNpy',
  'exampleSize',
  'fashionMnist',
  'fingerprint',
  'holdOutLast',
  'restoreNumpyRandom',
  'restoreTorchRandom',
  'sliceExamples',
  'sliceTeacherLogits',
]);

test('seeds and states are refused by the name of the stream', () => {
  expect(() => exported.torchRandom(0.5)).toThrow('torchRandom: seed is 0.5; expected a safe integer.');
  expect(() => exported.numpyRandom('1' as never)).toThrow("numpyRandom: seed is '1'; expected an integer");
  const state = exported.torchRandom(1).state();
  expect(() => exported.restoreTorchRandom({ ...state, position: -1 })).toThrow(
    'restoreTorchRandom: state.position',
  );
  expect(() => exported.restoreNumpyRandom({ twister: { ...state, words: [] }, cachedNormal: null })).toThrow(
    'restoreNumpyRandom: state.words has 0 entries',
  );
});
