import { cast, clone, dispose, memory, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

describeEachBuild('copies', () => {
  it.each<[string, (x: Tensor) => Tensor]>([
    ['clone', (x) => clone(x)],
    ['cast to its own dtype', (x) => cast(x, 'float32')],
  ])('%s: shares the memory, which lives as long as one of them', (_, copy) => {
    const before = memory().numDataBuffers;
    const x = tensor1d([1, -2.5, Number.NaN]);
    const y = copy(x);
    expect(y.id).not.toBe(x.id);
    expect(y.dtype).toBe('float32');
    expect(memory().numDataBuffers).toBe(before + 1);
    x.dispose();
    expect(Array.from(y.dataSync())).toEqual([1, -2.5, Number.NaN]);
    y.dispose();
    expect(memory().numDataBuffers).toBe(before);
  });

  it('leaves strings and other dtypes to TensorFlow.js', () => {
    const words = tensor1d(['a', 'bc']);
    const [copy, whole] = tidy(() => [clone(words), cast(tensor1d([1.5, -2.5]), 'int32')]);
    words.dispose();
    expect(Array.from(copy.dataSync() as unknown as string[])).toEqual(['a', 'bc']);
    expect(Array.from(whole.dataSync())).toEqual([1, -2]);
    dispose([copy, whole]);
  });
});
