import { describeValue, isPlainObject } from './describe-value.js';

/**
 * What our functions are made of: what messages call it, the members that tell it from the others or its `:type`, what to
 * pass, and the package that has it. Short, since every bundle has them.
 */
const parts = {
  // A tf.LayersModel predicts and has layers, too.
  model: ['a model', 'predict classes', 'the result of model() or fromLayersModel()', 'models'],
  layeredModel: ['a model of layers', 'classes layers', 'the result of model()', 'models'],
  block: ['a kind of block', 'expansion make', 'basicBlock', 'models'],
  layersModel: ['a tf.LayersModel', 'inputs outputs trainableWeights'],
  tfjsLayers: ['tfjs-layers', 'layers input model', "tf, of import * as tf from '@tensorflow/tfjs'"],
  layer: ['a layer', 'outputShape', 'relu()', 'models'],
  mergingLayer: ['a merging layer', 'mergedShape', 'add()', 'models'],
  node: ['a node', 'layer from', "{ layer, from: ['input'] }"],
  dataset: ['a data set', 'exampleShape labels', '{ name, examples, exampleShape, labels, classes }'],
  batch: ['a batch', 'inputs labels', '{ inputs, labels }'],
  batches: ['a source of batches', 'at release', 'the result of miniBatches()', 'trainer'],
  weights: ['weights', 'parameters statistics', 'the result of initialize() of the model'],
  loss: ['a loss of logits', 'name mixedDerivatives', 'crossEntropy()', 'losses'],
  featureLoss: ['a loss of features', 'valueAndGradient', 'hint()', 'losses'],
  composedLoss: ['a composed loss', 'report mixedProduct', 'the result of composeLoss()', 'losses'],
  problem: ['a problem', 'training validation', 'the result of logitProblem()', 'hypergrad'],
  point: [
    'a point',
    'weights optimizer',
    '{ weights, metaparameters, optimizer, optimizerState, learningRate }',
  ],
  optimizer: ['an inner optimizer', 'step jvp', 'momentum({ momentum: 0.9 })', 'hypergrad'],
  outerOptimizer: ['an outer optimizer', 'update', 'adamDescent({ learningRate: 0.05 })', 'hypergrad'],
  method: ['a hypergradient method', 'evaluate', 'mixed()', 'hypergrad'],
  solver: ['a solver', 'solve', 'conjugateGradient()', 'hypergrad'],
  space: ['a metaparameter space', 'pullBack', 'the result of metaparameterSpace()', 'hypergrad'],
  controller: ['a controller', 'decide', 'everyKth(5)', 'trajectory'],
  predictor: ['a predictor', 'fit', 'linear()', 'trajectory'],
  predictionSpace: ['a prediction space', 'toLine', 'logSpace()', 'trajectory'],
  state: ['a training state', 'iteration weights', 'the result of startTraining()', 'trainer'],
  schedule: ['a function of the iteration', ':function', 'a constant as () => 0.1'],
  uniform: ['a function of low and high', ':function', 'torchRandom(seed).uniform', 'datasets'],
  record: ['an object of values by name', ':object'],
  function: ['a function', ':function'],
  signal: ['an abort signal', 'aborted throwIfAborted', 'new AbortController().signal'],
  tensor: ['a tensor', 'dtype shape'],
  teacher: ['a teacher', '', '{ model, weights }'],
  teacherLogits: ["a teacher's logits", 'values examples classes'],
  targets: ['targets', 'labels', '{ labels, teacherLogits }'],
  numbers: ['an array of numbers', 'length'],
  number: ['a number', ':number'],
  string: ['a string', ':string'],
} as const satisfies Readonly<Record<string, readonly [string, string, string?, string?]>>;

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
  const [expected, members, example, home]: readonly [string, string, string?, string?] = parts[part];
  if (!isList && hasMembers(value, members)) return;
  const where = home ? ` of @metadistill/${home}` : '';
  throw new TypeError(
    `${caller}: ${argument} is ${describeValue(value)}; expected ${isList ? 'an array, each entry ' : ''}${expected}.` +
      (example ? ` Pass ${example}${where}.` : ''),
  );
}

/** Whether a value is such a part, by the members that tell it from the others. */
export const isPart = (value: unknown, part: Part): boolean => hasMembers(value, parts[part][1]);

function hasMembers(value: unknown, members: string): boolean {
  if (members === ':object') return isPlainObject(value);
  if (members[0] === ':') return typeof value === members.slice(1);
  return (
    typeof value === 'object' && value !== null && members.split(' ').every((name) => !name || name in value)
  );
}
