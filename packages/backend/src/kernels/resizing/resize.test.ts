import { image, type Tensor4D, tensor1d, tensor2d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

const pixel = (batch: number) =>
  tensor4d(
    Array.from({ length: batch }, (_, i) => i + 1),
    [batch, 1, 1, 1],
  );
const whole = (boxes: number) =>
  tensor2d(
    Array.from({ length: boxes }, () => [0, 0, 1, 1]),
    [boxes, 4],
  );

describeEachBuild('resizing', () => {
  it('keeps the values of stock', () => {
    for (const resize of [image.resizeBilinear, image.resizeNearestNeighbor]) {
      expect(Array.from(resize(pixel(2), [1, 2]).dataSync())).toEqual([1, 1, 2, 2]);
    }
    const crop = image.cropAndResize(pixel(2), whole(2), tensor1d([1, 0], 'int32'), [1, 1]);
    expect(Array.from(crop.dataSync())).toEqual([2, 1]);
  });

  it.each([[[1, 0, 4, 2]], [[1, 4, 0, 2]]] as [number, number, number, number][][])(
    'refuses images of shape %j, which have no pixel',
    (shape) => {
      const none = zeros(shape) as Tensor4D;
      const message = /image\w* has shape .+ of at least one pixel/;
      expect(() => image.resizeBilinear(none, [2, 2])).toThrow(message);
      expect(() => image.resizeNearestNeighbor(none, [2, 2])).toThrow(message);
      expect(() => image.cropAndResize(none, whole(1), tensor1d([0], 'int32'), [2, 2])).toThrow(message);
    },
  );

  it.each([-1, 2, 2 ** 31 - 1])('refuses a box of image %d of 2', (index) => {
    const boxInd = tensor1d([0, index], 'int32');
    expect(() => image.cropAndResize(pixel(2), whole(2), boxInd, [2, 2])).toThrow(/boxInd has .+below \[2\]/);
  });

  it('refuses boxes that are not finite', () => {
    const boxes = tensor2d([[0, Number.NaN, 1, 1]]);
    expect(() => image.cropAndResize(pixel(1), boxes, tensor1d([0], 'int32'), [2, 2])).toThrow(
      /boxes has NaN/,
    );
  });
});
