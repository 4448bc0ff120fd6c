import { centralDifference } from '@metadistill/testing';
import { memory, tensor, tidy, train } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from './describe-backends.js';
import { randomValues } from './random-values.js';

const [batch, side, inputs, filters, classes] = [6, 6, 2, 3, 4] as const;
const [epsilon, momentum, learningRate] = [1e-3, 0.9, 1] as const;
const seen = side - 2;
const pooled = seen / 2;
const rows = batch * seen * seen;

const x = randomValues(batch * side * side * inputs, 1);
const labels = [0, 3, 1, 1, 2, 0];
const oneHot = Float32Array.from({ length: batch * classes }, (_, i) =>
  labels[Math.floor(i / classes)] === i % classes ? 1 : 0,
);

/** Weights in the order of the layers: filter, its bias, scale, offset, matrix, its bias. */
const shapes = [
  [3, 3, inputs, filters],
  [filters],
  [filters],
  [filters],
  [pooled * pooled * filters, classes],
  [classes],
];
const sizeOf = (shape: readonly number[]) => shape.reduce((size, axis) => size * axis, 1);
const starts = shapes.map((shape, i) =>
  Array.from(randomValues(sizeOf(shape), 10 + i), (value) => (i === 2 ? 1 + value / 4 : value / 2)),
);

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** The net by its definition in float64: its loss, and the moments of its batch. */
function reference([filter, filterBias, scale, offset, matrix, bias]: readonly (readonly number[])[]) {
  const image = (n: number, row: number, column: number, c: number) =>
    x[((n * side + row) * side + column) * inputs + c]!;
  const y = new Float64Array(rows * filters);
  for (const at of y.keys()) {
    const k = at % filters;
    const pixel = Math.floor(at / filters);
    const [column, row] = [pixel % seen, Math.floor(pixel / seen) % seen];
    const n = Math.floor(pixel / seen / seen);
    y[at] = filterBias![k]!;
    for (const tap of range(9 * inputs)) {
      const [c, right, down] = [tap % inputs, Math.floor(tap / inputs) % 3, Math.floor(tap / inputs / 3)];
      y[at]! += image(n, row + down, column + right, c) * filter![tap * filters + k]!;
    }
  }
  const mean = range(filters).map(
    (k) => y.reduce((sum, v, i) => sum + (i % filters === k ? v : 0), 0) / rows,
  );
  const variance = range(filters).map(
    (k) => y.reduce((sum, v, i) => sum + (i % filters === k ? (v - mean[k]!) ** 2 : 0), 0) / rows,
  );
  const rectified = y.map((value, i) => {
    const k = i % filters;
    return Math.max(0, ((value - mean[k]!) / Math.sqrt(variance[k]! + epsilon)) * scale![k]! + offset![k]!);
  });
  let loss = 0;
  for (const n of range(batch)) {
    const features = range(pooled * pooled * filters).map((at) => {
      const [k, column, row] = [
        at % filters,
        Math.floor(at / filters) % pooled,
        Math.floor(at / filters / pooled),
      ];
      const window = [0, 1, seen, seen + 1].map((step) => (n * seen + 2 * row) * seen + 2 * column + step);
      return Math.max(...window.map((pixel) => rectified[pixel * filters + k]!));
    });
    const logits = range(classes).map(
      (j) => bias![j]! + features.reduce((sum, value, i) => sum + value * matrix![i * classes + j]!, 0),
    );
    loss -= logits[labels[n]!]! - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  }
  return { loss: loss / batch, mean, variance };
}

const tests = () => {
  it('is the step along the gradient in float64, and moves the running moments', async () => {
    const net = sequential({
      layers: [
        layers.conv2d({ filters, kernelSize: 3, inputShape: [side, side, inputs] }),
        layers.batchNormalization({ epsilon, momentum }),
        layers.reLU(),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: classes, activation: 'softmax' }),
      ],
    });
    tidy(() => {
      const [filter, filterBias, scale, offset, matrix, bias] = starts.map((values, i) =>
        tensor(values, shapes[i]),
      );
      const [mean, variance] = [tensor(Array(filters).fill(0)), tensor(Array(filters).fill(1))];
      // Those that are trained come first.
      net.setWeights([filter!, filterBias!, scale!, offset!, matrix!, bias!, mean, variance]);
    });
    net.compile({ optimizer: train.sgd(learningRate), loss: 'categoricalCrossentropy' });
    const data = [tensor(x, [batch, side, side, inputs]), tensor(oneHot, [batch, classes])] as const;
    const before = memory().numTensors;
    const { history } = await net.fit(...data, { epochs: 1, batchSize: batch, shuffle: false, verbose: 0 });
    expect(memory().numTensors).toBe(before);

    const exact = reference(starts);
    // Float32 roundings of some hundred terms near 1; the loss clips probabilities at 1e-7.
    expect(history.loss![0]).toBeCloseTo(exact.loss, 5);
    const after = net.getWeights().map((weight) => Array.from(weight.dataSync()));
    const [mean, variance] = after.slice(-2);
    const moved = after.slice(0, -2);
    for (const [i, start] of starts.entries()) {
      const gradient = centralDifference(
        (values) => reference(starts.map((each, j) => (i === j ? values : each))).loss,
        start,
      );
      for (const [j, value] of moved[i]!.entries()) {
        expect(Math.abs(value - (start[j]! - learningRate * gradient[j]!))).toBeLessThan(1e-5);
      }
    }
    for (const k of range(filters)) {
      expect(mean![k]).toBeCloseTo((1 - momentum) * exact.mean[k]!, 5);
      expect(variance![k]).toBeCloseTo(momentum + (1 - momentum) * exact.variance[k]!, 5);
    }
    net.dispose();
    for (const tensors of data) tensors.dispose();
  });
};

describeEachBuild('a step of fit', tests);
describeCpu('a step of fit', tests);
