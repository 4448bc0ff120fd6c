// Times every kernel beside the peak of this core and, if there is one, TensorFlow.js' own kernel:
//   pnpm build && node packages/backend/bench/kernels.js [name]
// A name, such as Conv2D, keeps the kernels whose name contains it.
import { backend, engine, getKernel, ones, setBackend, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { Bench } from 'tinybench';
import { measurePeak, selectBackend } from '../dist/index.js';

await setBackend('wasm');
const stock = new Map(
  [
    'Conv2D',
    'Conv2DBackpropInput',
    'DepthwiseConv2dNative',
    'MaxPool',
    'MaxPoolGrad',
    'Sum',
    'Mean',
    'BatchMatMul',
  ].map((name) => [name, getKernel(name, 'wasm').kernelFunc]),
);
const { reason } = await selectBackend({ prefer: 'wasm' });
const clock = () => performance.now();

/** Kernel calls: name, inputs by shape, attributes, and the floating-point operations or bytes that they move. */
function cases() {
  return [
    ...[
      [128, 32, 3, 8, 3, 'valid', 1],
      [128, 15, 8, 16, 3, 'valid', 1],
      [128, 6, 16, 32, 3, 'valid', 1],
      [128, 16, 32, 32, 3, 'same', 1],
      [32, 32, 64, 64, 3, 'same', 1],
      [32, 16, 64, 128, 3, 'same', 2],
      [32, 16, 64, 128, 1, 'same', 2],
      [32, 4, 256, 256, 3, 'same', 1],
    ].flatMap((sizes) => convolution(sizes)),
    ...[
      [32, 112, 32, 1, 3, 'same', 1],
      [32, 112, 64, 1, 3, 'same', 2],
      [128, 56, 64, 1, 3, 'same', 1],
      [32, 56, 128, 1, 3, 'same', 2],
      [128, 28, 128, 1, 3, 'same', 1],
      [128, 28, 128, 1, 3, 'same', 2],
      [128, 14, 256, 1, 3, 'same', 1],
      [32, 14, 512, 1, 3, 'same', 1],
      [128, 14, 256, 1, 3, 'same', 2],
      [128, 7, 512, 1, 3, 'same', 1],
      [32, 28, 96, 1, 5, 'same', 1],
      [128, 32, 3, 1, 3, 'same', 1],
      [128, 30, 8, 1, 3, 'valid', 1],
      [128, 15, 20, 1, 3, 'same', 1],
      [128, 32, 3, 8, 3, 'same', 1],
      [128, 16, 16, 2, 3, 'same', 2],
    ].flatMap((sizes) => convolution(sizes, true)),
    ...[
      [128 * 900, 8],
      [128 * 169, 16],
      [32 * 1024, 64],
    ].flatMap(batchNorm),
    ...[
      [128, 30, 8],
      [128, 13, 16],
      [32, 32, 64],
    ].flatMap(maxPool),
    ...[
      [128, 30, 8],
      [128, 13, 16],
      [32, 32, 64],
    ].flatMap(fusedBlock),
    ...elementwise([128, 30, 30, 8]),
    ...[
      [
        [128, 30, 30, 8],
        [0, 1, 2],
      ],
      [
        [32, 32, 32, 64],
        [1, 2],
      ],
      [[1024, 1024], [0]],
      [[1024, 1024], [1]],
      [[20_000, 32], [1]],
      [[20_000, 4, 4], [1]],
    ].flatMap(sums),
    ...[
      [128, 128, 10],
      [128, 512, 512],
    ].flatMap(products),
    ...softmax(128, 10),
    ...softmax(128, 100),
  ].filter(({ name }) => name.includes(process.argv[2] ?? ''));
}

/** Forward and both gradients; `outputs` of a depthwise convolution are those of each input. */
function convolution([batch, size, inputs, outputs, kernel, pad, stride], depthwise = false) {
  const out = pad === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
  const inputShape = [batch, size, size, inputs];
  const filterShape = [kernel, kernel, inputs, outputs];
  const outputShape = [batch, out, out, depthwise ? inputs * outputs : outputs];
  // Taps that lie in the padding are not counted: nobody has to multiply zeros.
  const before = pad === 'same' ? Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2) : 0;
  const meets = (o) => Math.min(kernel, size + before - o * stride) - Math.max(0, before - o * stride);
  const taps = Array.from({ length: out }, (_, o) => meets(o)).reduce((a, b) => a + b, 0);
  const operations = 2 * batch * taps * taps * inputs * outputs;
  const shape = `${batch}×${size}×${size}×${inputs}${depthwise ? '×' : '→'}${outputs} ${kernel}×${kernel} ${pad} /${stride}`;
  const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: [1, 1] };
  const names = depthwise
    ? ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput']
    : ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'];
  const calls = [
    { inputs: { x: inputShape, filter: filterShape }, attributes },
    { inputs: { x: inputShape, dy: outputShape }, attributes: { ...attributes, filterShape } },
    { inputs: { dy: outputShape, filter: filterShape }, attributes: { ...attributes, inputShape } },
  ];
  return calls.map((call, i) => ({ name: names[i], shape, operations, ...call }));
}

function batchNorm([rows, channels]) {
  const x = [rows, channels];
  const c = [channels];
  const shape = `${rows}×${channels}`;
  const attributes = { epsilon: 1e-5 };
  const bytes = 4 * rows * channels;
  const statistics = { scale: c, mean: c, variance: c };
  return [
    {
      name: 'MetadistillBatchNormTraining',
      shape,
      bytes: 3 * bytes,
      inputs: { x, scale: c, offset: c },
      attributes,
    },
    {
      name: 'MetadistillBatchNormTrainingGrad',
      shape,
      bytes: 5 * bytes,
      inputs: { x, dy: x, ...statistics },
      attributes,
    },
    {
      name: 'MetadistillBatchNormTrainingJvp',
      shape,
      bytes: 5 * bytes,
      inputs: { x, dx: x, dScale: c, dOffset: c, ...statistics },
      attributes,
    },
  ];
}

function maxPool([batch, size, channels]) {
  const half = Math.floor(size / 2);
  const inputShape = [batch, size, size, channels];
  const outputShape = [batch, half, half, channels];
  const shape = `${batch}×${size}×${size}×${channels} 2×2`;
  const [large, small] = [inputShape, outputShape].map((s) => 4 * s.reduce((a, b) => a * b));
  const attributes = { size: 2, stride: 2, inputShape };
  const argmax = { shape: outputShape, dtype: 'int32' };
  const bytes = large + 2 * small;
  const stockAttributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
  return [
    { name: 'MetadistillMaxPoolWithArgmax', shape, bytes, inputs: { x: inputShape }, attributes },
    { name: 'MetadistillMaxPoolScatter', shape, bytes, inputs: { dy: outputShape, argmax }, attributes },
    { name: 'MetadistillMaxPoolGather', shape, bytes, inputs: { dx: inputShape, argmax }, attributes },
    {
      name: 'MaxPool',
      shape,
      bytes: large + small,
      inputs: { x: inputShape },
      attributes: stockAttributes,
    },
    {
      name: 'MaxPoolGrad',
      shape,
      bytes: 2 * large + 3 * small,
      inputs: { dy: outputShape, input: inputShape, output: outputShape },
      attributes: stockAttributes,
    },
  ];
}

function fusedBlock([batch, size, channels]) {
  const half = Math.floor(size / 2);
  const x = [batch, size, size, channels];
  const dy = [batch, half, half, channels];
  const argmax = { shape: dy, dtype: 'int32' };
  const c = [channels];
  const shape = `${x.join('×')} 2×2`;
  const [large, small] = [x, dy].map((s) => 4 * s.reduce((a, b) => a * b));
  const attributes = { epsilon: 1e-5 };
  const statistics = { scale: c, mean: c, variance: c };
  return [
    {
      name: 'MetadistillBatchNormReluMaxPool',
      shape,
      bytes: 2 * large + 2 * small,
      inputs: { x, scale: c, offset: c },
      attributes,
    },
    {
      name: 'MetadistillBatchNormReluMaxPoolGrad',
      shape,
      bytes: 3 * large + 4 * small,
      inputs: { x, dy, argmax, ...statistics },
      attributes,
    },
    {
      name: 'MetadistillBatchNormReluMaxPoolJvp',
      shape,
      bytes: 4 * large + 2 * small,
      inputs: { x, dx: x, argmax, dScale: c, dOffset: c, ...statistics },
      attributes,
    },
  ];
}

function elementwise(dimensions) {
  const bytes = 4 * dimensions.reduce((a, b) => a * b);
  const shape = dimensions.join('×');
  return [
    {
      name: 'MetadistillReluGrad',
      shape,
      bytes: 3 * bytes,
      inputs: { dy: dimensions, y: dimensions },
      attributes: {},
    },
    { name: 'MetadistillSumPerChannel', shape, bytes, inputs: { x: dimensions }, attributes: {} },
  ];
}

function sums([x, axis]) {
  const shape = `${x.join('×')} over ${axis.join(', ')}`;
  const bytes = 4 * x.reduce((a, b) => a * b);
  return ['Sum', 'Mean'].map((name) => ({ name, shape, bytes, inputs: { x }, attributes: { axis } }));
}

function products([rows, inner, columns]) {
  const operations = 2 * rows * inner * columns;
  return [
    [false, false],
    [true, false],
    [false, true],
  ].flatMap(([transposeA, transposeB]) => {
    const inputs = {
      a: transposeA ? [inner, rows] : [rows, inner],
      b: transposeB ? [columns, inner] : [inner, columns],
    };
    const shape = `${rows}×${inner}×${columns} ${transposeA ? 'Aᵀ' : 'A'}${transposeB ? 'Bᵀ' : 'B'}`;
    const attributes = { transposeA, transposeB };
    return [
      { name: 'MetadistillMatMul', shape, operations, inputs, attributes },
      { name: 'BatchMatMul', shape, operations, inputs, attributes },
    ];
  });
}

function softmax(batch, classes) {
  const logits = [batch, classes];
  const labels = { shape: [batch], dtype: 'int32' };
  const shape = `${batch}×${classes}`;
  return [
    {
      name: 'MetadistillCrossEntropyGradient',
      shape,
      inputs: { logits, labels },
      attributes: { temperature: 1 },
    },
    {
      name: 'MetadistillDistillationGradient',
      shape,
      inputs: { studentLogits: logits, teacherLogits: logits, labels },
      attributes: { temperature: 2, distillationFraction: 0.5, scaling: 'none' },
    },
  ];
}

const make = (spec) => (Array.isArray(spec) ? ones(spec) : ones(spec.shape, spec.dtype));

/** Median and minimum of a call in ms; its outputs are disposed of within the time. */
async function time(call) {
  const bench = new Bench({ time: 150, iterations: 8, warmupTime: 60, warmupIterations: 4 });
  bench.add('kernel', () => void tidy(call));
  await bench.run();
  const { latency, error } = bench.tasks[0].result;
  if (error) throw error;
  return { median: latency.p50, minimum: latency.min };
}

async function measure({ name, shape, inputs, attributes, operations, bytes }) {
  const peak = await measurePeak({ now: clock });
  const tensors = Object.fromEntries(Object.entries(inputs).map(([key, spec]) => [key, make(spec)]));
  const ours = await time(() => void engine().runKernel(name, tensors, attributes));
  const theirs = stock.get(name);
  const stockTime =
    theirs &&
    (await time(() => {
      const info = theirs({ inputs: tensors, attrs: attributes, backend: backend() });
      backend().disposeData(info.dataId);
    }));
  for (const tensor of Object.values(tensors)) tensor.dispose();
  const rate = (milliseconds) => operations / milliseconds / 1e6;
  return {
    kernel: name,
    shape,
    'median ms': ours.median.toFixed(3),
    'best ms': ours.minimum.toFixed(3),
    ...(operations && {
      'GFLOP/s': rate(ours.minimum).toFixed(1),
      'of peak': `${((100 * rate(ours.minimum)) / peak.gigaflops).toFixed(0)} %`,
    }),
    ...(bytes && { 'GB/s': (bytes / ours.minimum / 1e6).toFixed(1) }),
    ...(stockTime && {
      'stock ms': stockTime.minimum.toFixed(3),
      ratio: (stockTime.median / ours.median).toFixed(2),
    }),
  };
}

console.log(`Node ${process.version}, ${reason}`);
const peak = await measurePeak({ now: clock });
console.log(`multiply-add peak of this core: ${peak.gigaflops.toFixed(1)} GFLOP/s (${peak.kernelBuild})`);
const rows = [];
for (const test of cases()) rows.push(await measure(test));
console.table(rows);
