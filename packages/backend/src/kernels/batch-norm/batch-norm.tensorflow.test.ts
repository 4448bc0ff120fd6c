import { expectNoLeak } from '@metadistill/testing';
import { cast, dispose, type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { NativeAttribute, NativeBackend } from '../../loaders/native-backend.js';
import { fusedBatchNorm, fusedBatchNormGradient } from './batch-norm.tensorflow.js';

interface Call {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly (readonly number[])[];
  readonly shapes: readonly (readonly number[])[];
}

/** A backend that notes what it is asked for, and answers with tensors of known values: output k of size s is k + 1. */
function fakeBackend(isUsingGpuDevice: boolean) {
  const calls: Call[] = [];
  const binding = { TF_ATTR_BOOL: 1, TF_ATTR_FLOAT: 2, TF_ATTR_STRING: 3, TF_ATTR_TYPE: 4, TF_FLOAT: 5 };
  const executeMultipleOutputs = (
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[] => {
    calls.push({
      name,
      attributes: Object.fromEntries(attributes.map((each) => [each.name, each.value])),
      inputs: inputs.map((input) => Array.from(input.dataSync())),
      shapes: inputs.map(({ shape }) => shape),
    });
    const image = (name === 'FusedBatchNormV3' ? inputs[0] : inputs[1]) as Tensor;
    return Array.from({ length: outputs }, (_, k) => {
      const shape = k === 0 ? image.shape : [image.shape.at(-1) as number];
      return tensor(new Float32Array(shape.reduce((size, side) => size * side, 1)).fill(k + 1), shape);
    });
  };
  const backend = { isUsingGpuDevice, binding, executeMultipleOutputs } as unknown as NativeBackend;
  return { backend, calls };
}

// 3 rows of 2 channels.
const make = () => ({
  x: tensor([1, 2, 3, 4, 5, 6], [3, 2]),
  dy: tensor([6, 5, 4, 3, 2, 1], [3, 2]),
  scale: tensor1d([7, 8]),
  offset: tensor1d([9, 10]),
  mean: tensor1d([3, 4]),
  variance: tensor1d([8 / 3, 8 / 3]),
});
const attrs = { epsilon: 0.5 };

describe('fusedBatchNorm', () => {
  it('normalises by the batch, as images, and returns the biased variance', async () => {
    const { backend, calls } = fakeBackend(false);
    const { x, scale, offset } = make();
    await expectNoLeak(() => {
      const made = fusedBatchNorm({ inputs: { x, scale, offset }, attrs, backend });
      const [y, mean, variance] = made as [Tensor, Tensor, Tensor];
      expect(y.shape).toEqual([3, 2]);
      expect(Array.from(mean.dataSync())).toEqual([2, 2]);
      // The operation said 3, unbiased over 3 rows.
      expect(Array.from(variance.dataSync())).toEqual([2, 2]);
      dispose(made);
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      name: 'FusedBatchNormV3',
      attributes: { T: 5, U: 5, epsilon: 0.5, data_format: 'NHWC', is_training: true },
      inputs: [[1, 2, 3, 4, 5, 6], [7, 8], [9, 10], [], []],
      shapes: [[3, 1, 1, 2], [2], [2], [0], [0]],
    });
  });

  it('gives an operation on the CPU the moments that it was given itself', async () => {
    const { backend, calls } = fakeBackend(false);
    const { x, dy, scale, mean, variance } = make();
    await expectNoLeak(() => {
      const made = fusedBatchNormGradient({ inputs: { x, dy, scale, mean, variance }, attrs, backend });
      expect(made.map(({ shape }) => shape)).toEqual([[3, 2], [2], [2]]);
      expect(made.map((each) => each.dataSync()[0])).toEqual([1, 2, 3]);
      dispose(made);
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      name: 'FusedBatchNormGradV3',
      inputs: [
        [6, 5, 4, 3, 2, 1],
        [1, 2, 3, 4, 5, 6],
        [7, 8],
        [3, 4],
        [Math.fround(8 / 3), Math.fround(8 / 3)],
        [],
      ],
    });
  });

  it("gives an operation on a GPU what the GPU's own forward pass left", () => {
    const { backend, calls } = fakeBackend(true);
    const { x, dy, scale, mean, variance } = make();
    fusedBatchNormGradient({ inputs: { x, dy, scale, mean, variance }, attrs, backend });
    expect(calls.map(({ name }) => name)).toEqual(['FusedBatchNormV3', 'FusedBatchNormGradV3']);
    expect(calls[1]?.inputs.slice(3)).toEqual([
      [4, 4],
      [5, 5],
      [6, 6],
    ]);
  });

  it('refuses tensors that do not fit, before TensorFlow sees them', () => {
    const { backend, calls } = fakeBackend(false);
    const { x, dy, scale, offset, mean, variance } = make();
    const wide = tensor1d([1, 2, 3]);
    expect(() => fusedBatchNorm({ inputs: { x, scale: wide, offset }, attrs, backend })).toThrow(
      'scale has shape [3]; expected [2]',
    );
    expect(() =>
      fusedBatchNormGradient({ inputs: { x, dy: wide, scale, mean, variance }, attrs, backend }),
    ).toThrow('dy has shape [3]; expected [3, 2]');
    expect(() => fusedBatchNorm({ inputs: { x: cast(dy, 'int32'), scale, offset }, attrs, backend })).toThrow(
      TypeError,
    );
    expect(calls).toEqual([]);
  });
});
