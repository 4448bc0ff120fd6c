import { testMistakes } from '@metadistill/testing';
import { zeros } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import * as exported from '../src/index.js';

// Everything else that is exported makes a part from options, or from other parts.
testMistakes(exported, [
  'addScaled',
  'assignWeights',
  'cloneWeights',
  'decodeSafetensors',
  'disposeWeights',
  'dotTensors',
  'encodeSafetensors',
  'exportTorchState',
  'importTorchState',
  'loadWeights',
  'normTensors',
  'rejectTensors',
  'saveWeights',
  'scaleTensors',
  'scoped',
  'weightsOf',
  'zeroTensors',
]);

const { model, dense, relu, features } = exported;
const named = { name: 'student', inputShape: [2], classes: 2 };
const student = model({ ...named, layers: [dense({ inputs: 2, outputs: 2 })] });

test('a model refuses layers that are none, and a mode or a sampler that is none', () => {
  expect(() => model({ ...named, layers: [dense({ inputs: 2, outputs: 2 }), relu as never] })).toThrow(
    'model: layers[1] is function relu; expected a layer. Pass relu()',
  );
  const weights = student.initialize(() => 0);
  const inputs = zeros([1, 2]);
  for (const { forward } of [student, features(student, ['dense'])]) {
    for (const mode of ['train', undefined]) {
      expect(() => forward(weights, inputs, mode as never)).toThrow(
        `student: mode is ${mode && "'train'"}; expected 'training' or 'evaluation'.`,
      );
    }
  }
  expect(() => student.predict(undefined as never, inputs)).toThrow(
    'student: weights is undefined; expected weights.',
  );
  expect(() => student.initialize(undefined as never)).toThrow(
    'student: uniform is undefined; expected a function of low and high. Pass torchRandom(seed).uniform',
  );
});
