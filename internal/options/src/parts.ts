import { describeValue, isPlainObject } from './describe-value.js';

/** What our functions are made of: what messages call it, the members that tell it from the others (or its type), and how to get it. */
const parts = {
  model: [
    'a model',
    ['predict'],
    'Make one with model() of @metadistill/models, or from a tf.LayersModel with fromLayersModel().',
  ],
  layeredModel: ['a model of layers', ['predict', 'layers'], 'Make one with model() of @metadistill/models.'],
  block: [
    'a kind of block',
    ['expansion', 'make'],
    'Pass basicBlock or bottleneckBlock of @metadistill/models.',
  ],
  layersModel: ['a tf.LayersModel', ['inputs', 'outputs', 'trainableWeights'], ''],
  layer: ['a layer', ['outputShape'], 'Call its factory: relu() of @metadistill/models.'],
  dataset: [
    'a data set',
    ['exampleShape', 'labels'],
    'Pass { name, examples, exampleShape, labels, classes }; holdOutLast() of @metadistill/datasets splits one.',
  ],
  batch: ['a batch', ['inputs', 'labels'], 'Pass { inputs, labels }, and what the losses compare with.'],
  batches: ['a source of batches', ['at', 'release'], 'Make one with miniBatches() of @metadistill/trainer.'],
  weights: [
    'weights',
    ['parameters', 'statistics'],
    'Draw them with initialize(torchRandom(seed).uniform) of the model.',
  ],
  loss: [
    'a loss of logits',
    ['mixedDerivatives'],
    'Call its factory: crossEntropy() of @metadistill/losses.',
  ],
  featureLoss: [
    'a loss of features',
    ['valueAndGradient'],
    'Call its factory: hint() of @metadistill/losses.',
  ],
  composedLoss: ['a composed loss', ['derivatives'], 'Make one with composeLoss() of @metadistill/losses.'],
  problem: [
    'a problem',
    ['training', 'validation'],
    'Make one with logitProblem() of @metadistill/hypergrad.',
  ],
  point: [
    'a point',
    ['weights', 'optimizer'],
    'Pass { weights, metaparameters, optimizer, optimizerState, learningRate }.',
  ],
  optimizer: [
    'an inner optimizer',
    ['step', 'jvp'],
    'Call its factory: momentum({ momentum: 0.9 }) of @metadistill/hypergrad.',
  ],
  outerOptimizer: [
    'an outer optimizer',
    ['update'],
    'Call its factory: adamDescent({ learningRate: 0.05 }) of @metadistill/hypergrad.',
  ],
  method: ['a hypergradient method', ['evaluate'], 'Call its factory: mixed() of @metadistill/hypergrad.'],
  solver: ['a solver', ['solve'], 'Call its factory: conjugateGradient() of @metadistill/hypergrad.'],
  space: [
    'a metaparameter space',
    ['pullBack'],
    'Make one with metaparameterSpace() of @metadistill/hypergrad.',
  ],
  controller: ['a controller', ['decide'], 'Call its factory: everyKth(5) of @metadistill/trajectory.'],
  predictor: ['a predictor', ['fit'], 'Call its factory: linear() of @metadistill/trajectory.'],
  predictionSpace: [
    'a prediction space',
    ['toLine'],
    'Call its factory: logSpace() of @metadistill/trajectory.',
  ],
  state: [
    'a training state',
    ['iteration', 'weights'],
    'Make one with startTraining() of @metadistill/trainer, or pass the state of a report.',
  ],
  schedule: ['a function of the iteration', 'function', 'A constant is () => 0.1.'],
  uniform: [
    'a function of low and high',
    'function',
    'Pass torchRandom(seed).uniform of @metadistill/datasets.',
  ],
  record: ['an object of values by name', 'object', ''],
  function: ['a function', 'function', ''],
  tensor: ['a tensor', ['dtype', 'shape'], ''],
  teacher: ['a teacher', [], 'Pass { model, weights }.'],
  teacherLogits: [
    "a teacher's logits",
    ['values', 'examples', 'classes'],
    'Pass { values, examples, classes }.',
  ],
  targets: ['targets', ['labels'], 'Pass { labels }, and teacherLogits to compare with.'],
  numbers: ['an array of numbers', ['length'], ''],
  number: ['a number', 'number', ''],
  string: ['a string', 'string', ''],
} as const satisfies Readonly<
  Record<string, readonly [string, readonly string[] | 'function' | 'number' | 'string' | 'object', string]>
>;

export type Part = keyof typeof parts;

/** What an option has to be; `?` if it may be left out, `[]` for an array of them. */
export type PartCheck = `${Part}${'' | '[]'}${'' | '?'}`;

/**
 * Refuses what is not such a part: a factory that was not called, another part, nothing at all.
 *
 * @throws TypeError that says what was given, what is expected, and how to get it.
 */
export function checkPart(caller: string, argument: string, value: unknown, check: PartCheck): void {
  if (check.endsWith('?')) {
    if (value !== undefined) checkPart(caller, argument, value, check.slice(0, -1) as PartCheck);
    return;
  }
  const isList = check.endsWith('[]');
  const part = (isList ? check.slice(0, -2) : check) as Part;
  if (isList && Array.isArray(value)) {
    for (const [i, entry] of value.entries()) checkPart(caller, `${argument}[${i}]`, entry, part);
    return;
  }
  if (!isList && isPart(value, parts[part])) return;
  const [expected, , remedy] = parts[part];
  throw new TypeError(
    `${caller}: ${argument} is ${describeValue(value)}; expected ${isList ? 'an array, each entry ' : ''}${expected}. ${remedy}`.trimEnd(),
  );
}

function isPart(value: unknown, [, members]: (typeof parts)[Part]): boolean {
  if (members === 'object') return isPlainObject(value);
  if (typeof members === 'string') return typeof value === members;
  return typeof value === 'object' && value !== null && members.every((member) => member in value);
}
