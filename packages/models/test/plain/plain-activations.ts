/** erf to rounding: by its Taylor series near 0, by the continued fraction of 1 − erf elsewhere. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 100; n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let tail = x;
  for (let n = 100; n > 0; n--) tail = x + n / 2 / tail;
  return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const clipped = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const scale = 1.0507009873554805;
const scaleAlpha = 1.7580993408473768;

/** Functions of Keras by their definitions, on float64 numbers. */
export const plainActivations = {
  clippedRelu: (x) => clipped(x, 0, 2.5),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  geluNew: (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
  hardSigmoid: (x) => clipped(0.2 * x + 0.5, 0, 1),
  leakyRelu: (x) => (x > 0 ? x : 0.3 * x),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  relu6: (x) => clipped(x, 0, 6),
  selu: (x) => (x > 0 ? scale * x : scaleAlpha * Math.expm1(x)),
  sigmoid,
  softplus: (x) => Math.log1p(Math.exp(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  thresholdedRelu: (x) => (x > 1 ? x : 0),
} satisfies Record<string, (x: number) => number>;
