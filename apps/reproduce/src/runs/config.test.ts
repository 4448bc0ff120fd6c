import { expect, test } from 'vitest';
import { configHash } from '../logs/config-hash.js';
import { applyOverrides, configDifference } from './config.js';

const defaults = { epochs: 10, learningRate: 0.1, augment: false, model: 'small', milestones: [10, 20] };

test('an override has the type of its default', () => {
  expect(
    applyOverrides(defaults, ['epochs=3', 'learningRate=1e-2', 'augment=true', 'model=a=b', 'milestones=5']),
  ).toEqual({ epochs: 3, learningRate: 0.01, augment: true, model: 'a=b', milestones: [5] });
});

test('the last override of a key counts and the defaults stay', () => {
  expect(applyOverrides(defaults, ['epochs=3', 'epochs=4']).epochs).toBe(4);
  expect(defaults.epochs).toBe(10);
});

test.each([
  ['epoch=3', "unknown key 'epoch'; did you mean 'epochs'?"],
  ['toString=3', "unknown key 'toString'"],
  ['epochs', 'expected key=value'],
  ['epochs=many', "epochs is 'many'; expected a number, such as epochs=10"],
  ['epochs=', "epochs is ''; expected a number"],
  ['epochs=1,2', 'expected one number'],
  ['learningRate=Infinity', 'expected a number'],
  ['augment=yes', 'expected true or false'],
  ['milestones=1,x', 'expected numbers separated by commas, such as milestones=10,20'],
])('--set %s is refused: %s', (override, message) => {
  expect(() => applyOverrides(defaults, [override])).toThrow(message);
});

test('the hash depends on every value and not on the order of keys', () => {
  const { epochs, ...others } = defaults;
  expect(configHash({ ...others, epochs })).toBe(configHash(defaults));
  for (const override of ['epochs=11', 'learningRate=0.2', 'augment=true', 'model=large', 'milestones=10']) {
    expect(configHash(applyOverrides(defaults, [override])), override).not.toBe(configHash(defaults));
  }
});

test('the hash is the start of a SHA-256', () => {
  // printf '[["epochs",1]]' | sha256sum
  expect(configHash({ epochs: 1 })).toBe('38c44014081d');
});

test('a difference names the keys that differ, or that one side lacks', () => {
  expect(configDifference({ epochs: 1, old: true }, { epochs: 2, milestones: [1, 2] })).toEqual([
    'epochs is 1, not 2',
    'milestones is unset, not 1,2',
    'old is true, not unset',
  ]);
});
