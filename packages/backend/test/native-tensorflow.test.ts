import { relativeError } from '@metadistill/testing';
import { setBackend, type Tensor, tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { selectBackend } from '../src/select-backend.js';
import { randomValues } from './random-values.js';
import { runKernel } from './run-kernel.js';

const nativeFolder = process.env.METADISTILL_NATIVE;
const select = () => selectBackend({ prefer: 'tensorflow', ...(nativeFolder && { nativeFolder }) });

const choice = await select();
const loads = choice.name === 'tensorflow';
if (!loads) console.warn(`tests of native TensorFlow do not run here: ${choice.reason}`);

describe.skipIf(!loads)('native TensorFlow', () => {
  beforeEach(async () => {
    await select();
  });
  afterAll(async () => {
    await setBackend('cpu');
  });

  it.each([[[2, 5, 3, 7]], [[6, 4]], [[2, 1, 1, 1]]])('normalises %j as the definition says', (shape) => {
    const channels = shape.at(-1) as number;
    const [x, scale, offset] = drawn(shape, channels);
    const got = tidy(() =>
      values(runKernel('MetadistillBatchNormTraining', { x, scale, offset }, attributes)),
    );
    const rows = x.size / channels;
    const column = (c: number) =>
      Array.from({ length: rows }, (_, r) => x.dataSync()[r * channels + c] as number);
    const means = range(channels).map((c) => sum(column(c)) / rows);
    const variances = range(channels).map(
      (c) => sum(column(c).map((v) => (v - (means[c] as number)) ** 2)) / rows,
    );
    const y = Array.from(x.dataSync(), (value, i) => {
      const c = i % channels;
      const normalised =
        (value - (means[c] as number)) / Math.sqrt((variances[c] as number) + attributes.epsilon);
      return (scale.dataSync()[c] as number) * normalised + (offset.dataSync()[c] as number);
    });
    // A few hundred float32 roundings at most.
    for (const [i, expected] of [y, means, variances].entries()) {
      expect(relativeError(got[i] as number[], expected)).toBeLessThan(1e-5);
    }
  });

  // TensorFlow's own operation ends the process here, on a processor with AVX-512.
  it.each([2, 3])('survives the filter gradient of a pointwise convolution with stride %i', (stride) => {
    const [side, inputs, outputs] = [16, 4, 8];
    const x = tensor4d(randomValues(2 * side * side * inputs, 1), [2, side, side, inputs]);
    const filterShape = [1, 1, inputs, outputs];
    const seen = Math.ceil(side / stride);
    const dy = tensor4d(randomValues(2 * seen * seen * outputs, 2), [2, seen, seen, outputs]);
    for (let i = 0; i < 20; i++) {
      const strides = [stride, stride];
      const [gradient] = tidy(() =>
        values(runKernel('Conv2DBackpropFilter', { x, dy }, { strides, pad: 'valid', filterShape })),
      ) as [number[]];
      expect(gradient).toHaveLength(inputs * outputs);
    }
  });

  it.each([[[2, 5, 3, 7]], [[6, 4]]])('has the gradient of the composed formula for %j', async (shape) => {
    const channels = shape.at(-1) as number;
    const [x, scale, offset] = drawn(shape, channels);
    const dy = tensor(randomValues(x.size, 9), shape);
    const native = tidy(() => {
      const [, mean, variance] = runKernel('MetadistillBatchNormTraining', { x, scale, offset }, attributes);
      const inputs = { x, dy, scale, mean: mean as Tensor, variance: variance as Tensor };
      return values(runKernel('MetadistillBatchNormTrainingGrad', inputs, attributes));
    });
    const [dx, dScale, dOffset] = composed(x, dy, scale);
    // A few hundred float32 roundings, and differences of sums a few times larger than they are.
    expect(relativeError(native[0] as number[], dx)).toBeLessThan(3e-5);
    expect(relativeError(native[1] as number[], dScale)).toBeLessThan(3e-5);
    expect(relativeError(native[2] as number[], dOffset)).toBeLessThan(3e-5);
  });
});

const attributes = { epsilon: 1e-5 };

const drawn = (shape: number[], channels: number): [Tensor, Tensor, Tensor] => [
  tensor(
    randomValues(
      shape.reduce((size, side) => size * side, 1),
      1,
    ),
    shape,
  ),
  tensor1d(randomValues(channels, 2)),
  tensor1d(randomValues(channels, 3)),
];

/** dx, dScale and dOffset in float64: dx = scale / σ (dy − dOffset / n − x̂ dScale / n). */
function composed(x: Tensor, dy: Tensor, scale: Tensor): [number[], number[], number[]] {
  const channels = scale.size;
  const rows = x.size / channels;
  const [xs, dys, scales] = [x.dataSync(), dy.dataSync(), scale.dataSync()];
  const dx: number[] = new Array(x.size);
  const sums = range(channels).map((c) => {
    const indices = range(rows).map((r) => r * channels + c);
    const mean = sum(indices.map((i) => xs[i] as number)) / rows;
    const variance = sum(indices.map((i) => ((xs[i] as number) - mean) ** 2)) / rows;
    const inverse = 1 / Math.sqrt(variance + attributes.epsilon);
    const normalised = (i: number) => ((xs[i] as number) - mean) * inverse;
    const dOffset = sum(indices.map((i) => dys[i] as number));
    const dScale = sum(indices.map((i) => (dys[i] as number) * normalised(i)));
    for (const i of indices) {
      const rest = (dys[i] as number) - dOffset / rows - (normalised(i) * dScale) / rows;
      dx[i] = (scales[c] as number) * inverse * rest;
    }
    return { dScale, dOffset };
  });
  return [dx, sums.map(({ dScale }) => dScale), sums.map(({ dOffset }) => dOffset)];
}

const values = (tensors: readonly Tensor[]): number[][] => tensors.map((each) => Array.from(each.dataSync()));
const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
