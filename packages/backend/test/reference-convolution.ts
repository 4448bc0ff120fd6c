import type { Sums } from './expect-rounding.js';

/** One convolution, NHWC: sizes of everything. */
export interface ConvolutionCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  /** Of a depthwise convolution a multiple of the inputs: input c has the outputs from c · outputs / inputs on. */
  readonly outputs: number;
  readonly depthwise?: boolean;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** Of both axes, or by axis. */
  readonly stride: number | [number, number];
  readonly dilation?: readonly [number, number];
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Calls `visit` with the flat indices in input, filter and output of every product of a convolution. */
function forEachProduct(
  shape: ConvolutionCase,
  visit: (input: number, filter: number, output: number) => void,
): void {
  const { batch, height, width, inputs, outputs, kernelHeight, kernelWidth, depthwise } = shape;
  const [strideY, strideX] = typeof shape.stride === 'number' ? [shape.stride, shape.stride] : shape.stride;
  const [dilationY, dilationX] = shape.dilation ?? [1, 1];
  const own = outputs / inputs;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < shape.outHeight; oy++) {
      for (let ox = 0; ox < shape.outWidth; ox++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const y = oy * strideY + ky * dilationY - shape.top;
            const x = ox * strideX + kx * dilationX - shape.left;
            if (y < 0 || y >= height || x < 0 || x >= width) continue;
            for (let ci = 0; ci < inputs; ci++) {
              const [first, end] = depthwise ? [ci * own, (ci + 1) * own] : [0, outputs];
              for (let co = first; co < end; co++) {
                visit(
                  ((n * height + y) * width + x) * inputs + ci,
                  depthwise
                    ? (ky * kernelWidth + kx) * outputs + co
                    : ((ky * kernelWidth + kx) * inputs + ci) * outputs + co,
                  ((n * shape.outHeight + oy) * shape.outWidth + ox) * outputs + co,
                );
              }
            }
          }
        }
      }
    }
  }
}

/** Adds up products a·b of a convolution by the definition; `pick` says which index is summed into and which two multiply. */
export function sumProducts(
  shape: ConvolutionCase,
  size: number,
  a: Float32Array,
  b: Float32Array,
  pick: (input: number, filter: number, output: number) => readonly [to: number, a: number, b: number],
): Sums {
  const values = new Float64Array(size);
  const magnitudes = new Float64Array(size);
  forEachProduct(shape, (input, filter, output) => {
    const [to, ia, ib] = pick(input, filter, output);
    const product = (a[ia] as number) * (b[ib] as number);
    values[to] = (values[to] as number) + product;
    magnitudes[to] = (magnitudes[to] as number) + Math.abs(product);
  });
  return { values, magnitudes };
}
