import { checkPart, describeValue } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';
import { formatBatchShape, sameShape } from './shapes.js';
import type { Mode, Model, TensorSpec, Tensors, Weights } from './types.js';

/** A batch and weights against what a model declares: shapes, counts, float32 inputs; and a mode that there is. */
export function expectPassArguments(
  model: Pick<Model, 'name' | 'inputShape' | 'parameters' | 'statistics'>,
  weights: Weights,
  inputs: Tensor,
  mode: Mode,
): void {
  const { name, inputShape, parameters, statistics } = model;
  checkPart(name, 'weights', weights, 'weights');
  checkPart(name, 'inputs', inputs, 'tensor');
  if (mode !== 'training' && mode !== 'evaluation') {
    throw new TypeError(`${name}: mode is ${describeValue(mode)}; expected 'training' or 'evaluation'.`);
  }
  expectInputs(name, inputs, inputShape);
  expectTensors(name, 'weights.parameters', weights.parameters, parameters);
  expectTensors(name, 'weights.statistics', weights.statistics, statistics);
}

function expectInputs(name: string, inputs: Tensor, inputShape: readonly number[]): void {
  if (!sameShape(inputs.shape.slice(1), inputShape)) {
    throw new RangeError(
      `${name}: inputs has shape [${inputs.shape.join(', ')}]; expected ${formatBatchShape(inputShape)}. Images are channels-last.`,
    );
  }
  if (inputs.dtype !== 'float32') {
    throw new TypeError(
      `${name}: inputs has dtype ${inputs.dtype}; expected float32. Normalise the batch, or cast it.`,
    );
  }
}

/** Tensors against the specs that declare them: as many, in these shapes. */
export function expectTensors(
  name: string,
  argument: string,
  tensors: Tensors,
  specs: readonly TensorSpec[],
): void {
  if (tensors.length !== specs.length) {
    throw new RangeError(
      `${name}: ${argument} has ${tensors.length} tensors; expected ${specs.length}. Are they of another model?`,
    );
  }
  specs.forEach((spec, i) => {
    const { shape } = tensors[i]!;
    if (sameShape(shape, spec.shape)) return;
    throw new RangeError(
      `${name}: ${argument}[${i}] has shape [${shape.join(', ')}]; expected [${spec.shape.join(', ')}] for ${spec.name}. Are they of another model?`,
    );
  });
}

/** Weights none of which was disposed of. */
export function expectAlive(caller: string, weights: Weights): void {
  for (const list of ['parameters', 'statistics'] as const) {
    const at = weights[list].findIndex(({ isDisposed }) => isDisposed);
    if (at < 0) continue;
    throw new RangeError(
      `${caller}: weights.${list}[${at}] is disposed of; expected live tensors. Keep a copy by cloneWeights() while they live: the weights of a report are lent until the next one.`,
    );
  }
}
