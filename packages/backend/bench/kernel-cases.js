/** Kernel calls: name, inputs by shape, attributes, and the floating-point operations or bytes that they move. */
export function cases() {
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
      [16, 32, 64, 64, 3, 'same', 1],
      [16, 16, 128, 128, 3, 'same', 1],
      [16, 8, 256, 256, 3, 'same', 1],
      [16, 4, 512, 512, 3, 'same', 1],
      [16, 32, 64, 128, 3, 'same', 2],
      [16, 16, 128, 256, 3, 'same', 2],
      [16, 8, 256, 512, 3, 'same', 2],
      [16, 32, 64, 128, 1, 'same', 2],
      [16, 16, 128, 256, 1, 'same', 2],
      [16, 8, 256, 512, 1, 'same', 2],
      [32, 14, 256, 512, 1, 'same', 1],
      [32, 7, 512, 512, 1, 'same', 1],
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
      [32, 56, 64, 3, 2, 'same'],
      [32, 28, 192, 3, 1, 'same'],
      [128, 30, 8, 3, 2, 'valid'],
      [128, 30, 3, 3, 2, 'valid'],
      [32, 14, 100, 5, 1, 'valid'],
      [128, 30, 8, 2, 1, 'valid'],
      [8, 56, 20, 7, 7, 'valid'],
    ].map(maxPoolWindows),
    ...[
      [128, 30, 8],
      [128, 13, 16],
      [32, 32, 64],
    ].flatMap(fusedBlock),
    ...elementwise([128, 30, 30, 8]),
    ...elementwise([128, 10]),
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
      [
        [10_000, 2, 2, 4],
        [1, 2],
      ],
      [
        [128, 7, 7, 100],
        [1, 2],
      ],
      [[128, 10], [0]],
      [[128, 10], [1]],
      [[10], [0]],
      [
        [4, 4],
        [0, 1],
      ],
      [[1000, 10, 3], [1]],
    ].flatMap(sums),
    ...[
      [1, 512, 512],
      [2, 784, 10],
      [4, 512, 512],
      [8, 784, 10],
      [16, 1024, 1024],
      [32, 784, 128],
      [128, 10, 128],
      [128, 128, 10],
      [128, 512, 512],
      [1000, 1, 512],
    ].flatMap((sizes) => products(sizes)),
    ...[
      [1, 3, 2],
      [8, 8, 8],
      [64, 16, 64],
    ].flatMap((sizes) => products(sizes, 64)),
    ...volumes([8, 16, 16, 16, 8]),
    ...volumes([32, 8, 8, 8, 32]),
    ...[
      [128, 30, 8],
      [32, 28, 64],
    ].flatMap(averagePoolGradient),
    ...copies([128, 32, 32, 3]),
    ...copies([1000, 1000]),
    ...slices(),
    ...[
      [32, 16, 16, 8],
      [128, 8, 8, 64],
      [16, 32, 32, 3],
      [1, 2, 2, 1],
    ].flatMap(resizeGradients),
    ...softmax(128, 10),
    ...softmax(128, 100),
  ];
}

/** Forward, both gradients, and forward with bias and `relu6`; `outputs` of a depthwise convolution are those of each input. */
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
  const [forward] = calls;
  const bias = outputShape.slice(-1);
  const fused = { inputs: { ...forward.inputs, bias }, attributes: { ...attributes, activation: 'relu6' } };
  const fusedName = depthwise ? 'FusedDepthwiseConv2D' : 'FusedConv2D';
  return [...calls.map((call, i) => ({ name: names[i], ...call })), { name: fusedName, ...fused }].map(
    (call) => ({
      shape,
      operations,
      ...call,
    }),
  );
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
  const attributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid', inputShape };
  const argmax = { shape: outputShape, dtype: 'int32' };
  const bytes = large + 2 * small;
  return [
    { name: 'MetadistillMaxPoolWithArgmax', shape, bytes, inputs: { x: inputShape }, attributes },
    { name: 'MetadistillMaxPoolScatter', shape, bytes, inputs: { dy: outputShape, argmax }, attributes },
    { name: 'MetadistillMaxPoolGather', shape, bytes, inputs: { dx: inputShape, argmax }, attributes },
    {
      name: 'MaxPool',
      shape,
      bytes: large + small,
      inputs: { x: inputShape },
      attributes,
    },
    {
      name: 'MaxPoolWithArgmax',
      shape,
      bytes: large + 2 * small,
      inputs: { x: inputShape },
      attributes: { ...attributes, includeBatchInIndex: false },
    },
    {
      name: 'MaxPoolGrad',
      shape,
      bytes: 2 * large + 3 * small,
      inputs: { dy: outputShape, input: inputShape, output: outputShape },
      attributes,
    },
  ];
}

function maxPoolWindows([batch, size, channels, window, stride, pad]) {
  return {
    name: 'MaxPool',
    shape: `${batch}×${size}×${size}×${channels} ${window}×${window} every ${stride}, ${pad}`,
    inputs: { x: [batch, size, size, channels] },
    attributes: { filterSize: [window, window], strides: [stride, stride], pad },
  };
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
    {
      name: 'ClipByValue',
      shape,
      inputs: { x: dimensions },
      attributes: { clipValueMin: 1e-7, clipValueMax: 1 - 1e-7 },
    },
    { name: 'Relu6', shape, inputs: { x: dimensions }, attributes: {} },
    ...[dimensions, [], dimensions.slice(-1), [...dimensions.slice(0, -1), 1]].map((b) => ({
      name: 'Maximum',
      shape: `${shape} and ${b.join('×') || 1}`,
      inputs: { a: dimensions, b },
      attributes: {},
    })),
  ];
}

function sums([x, axis]) {
  const shape = `${x.join('×')} over ${axis.join(', ')}`;
  const bytes = 4 * x.reduce((a, b) => a * b);
  return ['Sum', 'Mean'].map((name) => ({ name, shape, bytes, inputs: { x }, attributes: { axis } }));
}

function products([rows, inner, columns], batch) {
  const operations = 2 * (batch ?? 1) * rows * inner * columns;
  return [
    [false, false],
    [true, false],
    [false, true],
  ].flatMap(([transposeA, transposeB]) => {
    const a = transposeA ? [inner, rows] : [rows, inner];
    const b = transposeB ? [columns, inner] : [inner, columns];
    const names = `${transposeA ? 'Aᵀ' : 'A'}${transposeB ? 'Bᵀ' : 'B'}`;
    const shape = `${batch ? `${batch} × ` : ''}${rows}×${inner}×${columns} ${names}`;
    const attributes = { transposeA, transposeB };
    const batched = { a: [batch ?? 1, ...a], b: [batch ?? 1, ...b] };
    const fused = {
      inputs: { ...batched, bias: [columns] },
      attributes: { ...attributes, activation: 'relu' },
    };
    return [
      ...(batch ? [] : [{ name: 'MetadistillMatMul', inputs: { a, b }, attributes }]),
      { name: 'BatchMatMul', inputs: batched, attributes },
      { name: '_FusedMatMul', ...fused },
    ].map((call) => ({ shape, operations, ...call }));
  });
}

/** Pooling in windows of 2 × 2 × 2 and convolutions of 3 × 3 × 3, with their gradients. */
function volumes([batch, depth, height, width, channels]) {
  const x = [batch, depth, height, width, channels];
  const y = [batch, depth / 2, height / 2, width / 2, channels];
  const shape = x.join('×');
  const attributes = { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'valid', dataFormat: 'NDHWC' };
  const filterShape = [3, 3, 3, channels, channels];
  const convolution = { strides: [1, 1, 1], pad: 'same', dilations: [1, 1, 1], dataFormat: 'NDHWC' };
  return [
    ...['MaxPool3D', 'AvgPool3D'].flatMap((name) => [
      { name, shape, inputs: { x }, attributes },
      { name: `${name}Grad`, shape, inputs: { dy: y, input: x, output: y }, attributes },
    ]),
    {
      name: 'Conv3DBackpropInputV2',
      shape,
      inputs: { dy: x, filter: filterShape },
      attributes: { ...convolution, inputShape: x },
    },
    {
      name: 'Conv3DBackpropFilterV2',
      shape,
      inputs: { x, dy: x },
      attributes: { ...convolution, filterShape },
    },
  ];
}

function averagePoolGradient([batch, size, channels]) {
  const input = [batch, size, size, channels];
  const dy = [batch, size / 2, size / 2, channels];
  const attributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
  return { name: 'AvgPoolGrad', shape: input.join('×'), inputs: { dy, input }, attributes };
}

function copies(x) {
  const shape = x.join('×');
  const last = x.map((_, axis) => (axis === x.length - 1 ? 2 : 1));
  return [
    { name: 'Identity', shape, inputs: { x }, attributes: {} },
    { name: 'Cast', shape, inputs: { x }, attributes: { dtype: 'float32' } },
    { name: 'Tile', shape: `${shape} by ${last.join('×')}`, inputs: { x }, attributes: { reps: last } },
    {
      name: 'Tile',
      shape: `${shape} by ${last.toReversed().join('×')}`,
      inputs: { x },
      attributes: { reps: last.toReversed() },
    },
  ];
}

function slices() {
  return [
    [
      [20_000, 784],
      [64, 0],
      [64, 784],
    ],
    [
      [128, 32, 32, 3],
      [0, 2, 2, 0],
      [128, 28, 28, 3],
    ],
    [
      [128, 30, 30, 8],
      [0, 0, 0, 2],
      [128, 30, 30, 4],
    ],
    [
      [128, 64],
      [0, 16],
      [128, 16],
    ],
    [[10], [0], [1]],
    [
      [4, 4, 4, 4, 4],
      [1, 1, 1, 1, 1],
      [2, 2, 2, 2, 2],
    ],
  ].map(([x, begin, size]) => ({
    name: 'Slice',
    shape: `${size.join('×')} of ${x.join('×')}`,
    inputs: { x },
    attributes: { begin, size },
  }));
}

function resizeGradients([batch, height, width, channels]) {
  const images = [batch, height, width, channels];
  const dy = [batch, 2 * height, 2 * width, channels];
  return ['ResizeNearestNeighborGrad', 'ResizeBilinearGrad'].flatMap((name) =>
    [
      ['', { alignCorners: false, halfPixelCenters: false }],
      [' half pixels', { alignCorners: false, halfPixelCenters: true }],
      [' corners', { alignCorners: true, halfPixelCenters: false }],
    ].map(([convention, attributes]) => ({
      name,
      shape: `${images.join('×')}${convention}`,
      inputs: { images, dy },
      attributes,
    })),
  );
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
