import { describe, expect, test } from 'vitest';
import { checkNoOptions, checkOptions } from './check-options.js';

interface SearchOptions {
  readonly trials: number;
  readonly seed?: number;
}
const check = (options: unknown, caller = 'search') =>
  checkOptions(caller, options as SearchOptions, { trials: true, seed: true });

test('takes what is known, all of it or a part', () => {
  for (const options of [{}, { trials: 1 }, { seed: 1, trials: 2 }, { seed: undefined }]) check(options);
  check(Object.assign(Object.create(null), { seed: 1 }));
});

class Options {
  trials = 1;
}

test.each([
  [{ sead: 1 }, "search: unknown option 'sead'; did you mean 'seed'? Known: trials, seed."],
  [{ trials: 1, constructor: 1 }, "search: unknown option 'constructor'"],
  [JSON.parse('{ "__proto__": 1 }'), "search: unknown option '__proto__'"],
  [{ [Symbol('seed')]: 1 }, "search: unknown option 'Symbol(seed)'. Known: trials, seed."],
  [null, 'search: options is null; expected an object such as { trials }.'],
  [undefined, 'search: options is undefined; expected an object'],
  [5, 'search: options is 5; expected an object'],
  ['5', "search: options is '5'; expected an object"],
  [Symbol('seed'), 'search: options is Symbol(seed); expected an object'],
  [[], 'search: options is []; expected an object'],
  [new Date(), 'search: options is a Date; expected an object'],
  [new Map(), 'search: options is a Map; expected an object'],
  [new Options(), 'search: options is an Options; expected an object'],
  [
    Object.create({ trials: 1 }),
    'search: options is an object with a prototype of its own; expected an object',
  ],
  [check, 'search: options is function check; expected an object'],
])('%# refuses what is no object of known options', (options, message) => {
  expect(() => check(options)).toThrow(message);
  expect(() => check(options)).toThrow(TypeError);
});

test('shows an example of what it takes, if it has one', () => {
  expect(() => checkOptions('search', 5 as never, { trials: true }, '{ trials: 10 }')).toThrow(
    'search: options is 5; expected an object such as { trials: 10 }.',
  );
});

test('names an option that has options', () => {
  expect(() => check({ sead: 1 }, 'train: meta')).toThrow(
    "train: meta: unknown option 'sead'; did you mean 'seed'?",
  );
  expect(() => check(5, 'train: meta')).toThrow('train: meta is 5; expected an object such as { trials }.');
});

describe('an option that is a part', () => {
  const optimizer = { step() {}, jvp() {} };
  const layer = { outputShape() {} };
  const sgd = () => optimizer;
  const checkParts = (options: object, caller = 'train') =>
    checkOptions(caller, options as { optimizer: object; layers?: object[]; learningRate?: unknown }, {
      optimizer: 'optimizer',
      layers: 'layer[]?',
      learningRate: 'schedule?',
    });

  test('is taken if it has the members of that part', () => {
    checkParts({ optimizer });
    checkParts({ optimizer, layers: [layer, layer], learningRate: () => 0.1 });
    checkParts({ optimizer: Object.create(optimizer), layers: [] });
  });

  test.each([
    [{}, 'train: optimizer is undefined; expected an inner optimizer. Pass momentum('],
    [{ optimizer: sgd }, 'train: optimizer is function sgd; expected an inner optimizer. Pass momentum('],
    [{ optimizer: 'sgd' }, "train: optimizer is 'sgd'; expected an inner optimizer."],
    [{ optimizer: null }, 'train: optimizer is null; expected'],
    [{ optimizer: layer }, 'train: optimizer is { outputShape }; expected an inner optimizer.'],
    [
      { optimizer, layers: layer },
      'train: layers is { outputShape }; expected an array, each entry a layer. Pass',
    ],
    [{ optimizer, layers: [layer, sgd] }, 'train: layers[1] is function sgd; expected a layer. Pass relu()'],
    [
      { optimizer, learningRate: 0.1 },
      'train: learningRate is 0.1; expected a function of the iteration. Pass a constant',
    ],
  ])('%# is refused otherwise', (options, message) => {
    expect(() => checkParts(options)).toThrow(message);
    expect(() => checkParts(options)).toThrow(TypeError);
  });

  test('is named with the option that it is in', () => {
    expect(() => checkParts({}, 'train: meta')).toThrow('train: meta.optimizer is undefined; expected');
  });
});

test('a function without options takes nothing', () => {
  checkNoOptions('sgd', []);
  checkNoOptions('sgd', [undefined]);
  expect(() => checkNoOptions('sgd', [{ momentum: 0.9 }])).toThrow(
    'sgd: options is { momentum }; expected nothing. It has no options: call sgd().',
  );
  expect(() => checkNoOptions('sgd', [null])).toThrow('sgd: options is null; expected nothing.');
});
