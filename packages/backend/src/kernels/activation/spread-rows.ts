import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';

/** Whether values repeat along a shape as they lie in memory: they have all of its trailing axes. */
export const repeatsAlong = (shape: readonly number[], outputShape: readonly number[]): boolean =>
  trailing(shape, outputShape).isWhole;

function trailing(shape: readonly number[], outputShape: readonly number[]) {
  const first = shape.findIndex((axis) => axis !== 1);
  const repeated = first < 0 ? [] : shape.slice(first);
  const target = outputShape.slice(outputShape.length - repeated.length);
  return { repeated, target, isWhole: repeated.every((axis, i) => axis === target[i]) };
}

/** Calls `body` with values in memory that repeat along the output, and how many they are. */
export function overRows(
  { address, floats, withScratch }: WasmRuntime,
  outputShape: readonly number[],
  values: TensorInfo | number,
  body: (address: number, period: number) => void,
): void {
  if (typeof values === 'number') {
    withScratch(4, (scratch) => {
      floats(scratch, 1)[0] = values;
      body(scratch, 1);
    });
    return;
  }
  const { repeated, target, isWhole } = trailing(values.shape, outputShape);
  const size = sizeOf(target);
  if (isWhole) {
    body(address(values), size);
    return;
  }
  withScratch(4 * size, (scratch) => {
    const given = floats(address(values), sizeOf(repeated));
    floats(scratch, size).forEach((_, i, spread) => {
      let [rest, at, step] = [i, 0, 1];
      for (let axis = target.length - 1; axis >= 0; axis--) {
        const [whole, own] = [target[axis] as number, repeated[axis] as number];
        if (own > 1) at += step * (rest % whole);
        step *= own;
        rest = Math.floor(rest / whole);
      }
      spread[i] = given[at] as number;
    });
    body(scratch, size);
  });
}
