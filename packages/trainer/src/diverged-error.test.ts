import { expect, test } from 'vitest';
import { DivergedError } from './diverged-error.js';

test('says what diverged, where, with which metaparameters, and what to do', () => {
  const error = new DivergedError('the training loss', Number.NaN, 7, { temperature: 0.1, weight: 2 });
  expect(error.message).toBe(
    'train: the training loss is NaN at iteration 7, with temperature 0.1, weight 2; expected a finite number. ' +
      'Lower the learning rate.',
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'DivergedError',
    iteration: 7,
    metaparameters: { temperature: 0.1, weight: 2 },
  });
});

test('describes an array by how many numbers it has, and their range', () => {
  const metaparameters = { 'trust[]': Array.from({ length: 11_520 }, (_, i) => i / 10) };
  const { message } = new DivergedError('the hypergradient by trust[][7]', Number.NaN, 3, metaparameters);
  expect(message).toContain(
    'trust[][7] is NaN at iteration 3, with trust[] 11520 numbers from 0 to 1151.9; expected',
  );
});

test('leaves metaparameters out if there are none', () => {
  expect(new DivergedError('the training loss', Number.POSITIVE_INFINITY, 0, {}).message).toContain(
    'is Infinity at iteration 0; expected',
  );
});

test('advises on bounds if metaparameters are tuned', () => {
  const { message } = new DivergedError('the training loss', Number.NaN, 7, { temperature: 0.1 }, true);
  expect(message).toContain('Lower the learning rate, or bound the temperature from below.');
});
