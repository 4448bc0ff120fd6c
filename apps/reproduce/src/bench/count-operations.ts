import type { Cost } from '@metadistill/hypergrad';
import { disposeWeights, type Model } from '@metadistill/models';
import { engine, type Tensor, zeros } from '@tensorflow/tfjs-core';

/** Floating-point operations of one example's passes, a multiply-add as two; those of convolutions and products only. */
export interface Operations {
  readonly forward: number;
  readonly backward: number;
  readonly jvp: number;
}

/**
 * Counts the operations of a model from the shapes that its layers see.
 *
 * A convolution makes outputs · height · width · inputs multiply-adds per pixel, one of each channel outputs · height ·
 * width, and a product rows · columns · inputs. Both
 * derivatives take two such products of each layer, by its parameters and by its input, but for the first layer, whose
 * input is data. A layer's product is the kernel whose second input has the shape of its weight
 * `[..., inputs, outputs]`, whatever else it computes.
 *
 * @throws Error if a layer's product was not seen.
 */
export async function countOperations(model: Model): Promise<Operations> {
  const weights = model.initialize(() => 0);
  const inputs = zeros([1, ...model.inputShape]);
  let logits: Tensor | undefined;
  const { kernels } = await engine().profile(() => {
    logits = model.predict(weights, inputs);
    return logits;
  });
  logits?.dispose();
  inputs.dispose();
  disposeWeights(weights);
  const layers = model.parameters.filter(({ shape }) => shape.length > 1);
  const products = kernels.flatMap(({ inputShapes: [, weight], outputShapes: [output] }) => {
    const layer = weight && layers.find(({ shape }) => sameShape(shape, weight));
    if (!layer || !output) return [];
    const window = layer.torchLayout === 'groups' ? weight.slice(0, 2) : weight.slice(0, -1);
    return [2 * sizeOf(output) * sizeOf(window)];
  });
  if (products.length !== layers.length) {
    throw new Error(
      `countOperations: ${model.name} made ${products.length} products with its weights; expected ${layers.length}, ` +
        'one per layer. Count where a kernel takes a layer as a whole.',
    );
  }
  const forward = products.reduce((sum, product) => sum + product, 0);
  const derivative = 2 * forward - (products[0] as number);
  return { forward, backward: derivative, jvp: derivative };
}

/** Operations of what a step cost. */
export const operationsOf = (cost: Cost, operations: Operations): number =>
  cost.forwards * operations.forward + cost.backwards * operations.backward + cost.jvps * operations.jvp;

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);
