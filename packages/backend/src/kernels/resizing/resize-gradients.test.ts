import { dispose, engine, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

type Method = 'ResizeNearestNeighbor' | 'ResizeBilinear';
interface Convention {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** What one output position takes from each of `length` input positions, by TensorFlow's definition. */
function rowOf(method: Method, i: number, length: number, count: number, convention: Convention): number[] {
  const { alignCorners, halfPixelCenters } = convention;
  const scale = alignCorners && count > 1 ? (length - 1) / (count - 1) : length / count;
  const clamp = (at: number) => Math.min(length - 1, Math.max(0, at));
  if (method === 'ResizeNearestNeighbor') {
    const place = scale * (halfPixelCenters ? i + 0.5 : i);
    const source = clamp(alignCorners ? Math.round(place) : Math.floor(place));
    return Array.from({ length }, (_, at) => (at === source ? 1 : 0));
  }
  const place = clamp(halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i);
  return Array.from({ length }, (_, at) => Math.max(0, 1 - Math.abs(place - at)));
}

const tests = () => {
  const side = fc.integer({ min: 1, max: 7 });
  const conventions: Convention[] = [
    { alignCorners: false, halfPixelCenters: false },
    { alignCorners: true, halfPixelCenters: false },
    { alignCorners: false, halfPixelCenters: true },
  ];
  const methods: Method[] = ['ResizeNearestNeighbor', 'ResizeBilinear'];
  it.each(methods.flatMap((method) => conventions.map((convention) => ({ method, ...convention }))))(
    '$method, corners aligned: $alignCorners, half pixels: $halfPixelCenters: value and gradient',
    ({ method, ...convention }) => {
      fc.assert(
        fc.property(fc.tuple(side, side, side, side), ([height, width, rows, columns]) => {
          const [batch, channels] = [2, 3];
          const vertical = Array.from({ length: rows }, (_, i) => rowOf(method, i, height, rows, convention));
          const across = Array.from({ length: columns }, (_, i) =>
            rowOf(method, i, width, columns, convention),
          );
          const x = randomValues(batch * height * width * channels, 1);
          const dy = randomValues(batch * rows * columns * channels, 2);
          const [y, yTerms] = [new Float64Array(dy.length), new Float64Array(dy.length)];
          const [dx, dxTerms] = [new Float64Array(x.length), new Float64Array(x.length)];
          for (const at of dy.keys()) {
            const [k, column] = [at % channels, Math.floor(at / channels) % columns];
            const pixelRow = Math.floor(at / channels / columns);
            const [row, image] = [pixelRow % rows, Math.floor(pixelRow / rows)];
            for (const [h, byRow] of vertical[row]!.entries()) {
              for (const [w, byColumn] of across[column]!.entries()) {
                const from = ((image * height + h) * width + w) * channels + k;
                const share = byRow * byColumn;
                y[at]! += share * x[from]!;
                yTerms[at]! += Math.abs(share * x[from]!);
                dx[from]! += share * dy[at]!;
                dxTerms[from]! += Math.abs(share * dy[at]!);
              }
            }
          }
          tidy(() => {
            const images = tensor(x, [batch, height, width, channels]);
            const size = [rows, columns];
            const resized = engine().runKernel(method, { images }, {
              ...convention,
              size,
            } as never) as Tensor;
            // Shares are positions rounded to float32, up to 7, and products of two: 16 more roundings bound them.
            expectRounding(
              resized.dataSync(),
              { values: y, magnitudes: yTerms.map((terms) => terms + 1) },
              16,
            );
            const inputs = { dy: tensor(dy, [batch, rows, columns, channels]), images };
            const [gradient] = runKernel(`${method}Grad`, inputs, convention) as [Tensor];
            expect(gradient.shape).toEqual(images.shape);
            expectRounding(gradient.dataSync(), { values: dx, magnitudes: dxTerms }, rows * columns + 2);
          });
        }),
        { numRuns: 60 },
      );
    },
  );

  it('refuses images of another batch', () => {
    const [dy, images] = [zeros([2, 4, 4, 1]), zeros([3, 2, 2, 1])];
    expect(() => runKernel('ResizeBilinearGrad', { dy, images }, { halfPixelCenters: true })).toThrow(
      /images has shape \[3, 2, 2, 1\]/,
    );
    dispose([dy, images]);
  });
};

describeEachBuild('resize gradients', tests);
describeCpu('resize gradients', tests);
