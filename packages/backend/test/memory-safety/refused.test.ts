import { backend, type DataType, tensor, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../describe-backends.js';
import { runKernel } from '../run-kernel.js';

const convolved = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
const pooled = { filterSize: 2, strides: 2, pad: 'valid' };
const image = { x: [1, 4, 4, 1] };
const localNorm = { depthRadius: 2, bias: 1, alpha: 1, beta: 0.5 };
const filtered = { ...image, filter: [3, 3, 1, 2] };
const pixels = { dy: [1, 2] };
const cells = { dy: [1, 4, 4, 2] };

/** Calls that wrote beyond their output, trapped, or never returned. */
const calls: [kernel: string, shapes: Record<string, number[]>, attributes: object, message: RegExp][] = [
  [
    'Conv2DBackpropInput',
    { ...cells, filter: [3, 3, 1, 2] },
    { ...convolved, inputShape: [1, 4, 4, 1, 9] },
    /the input is/,
  ],
  [
    'Conv2DBackpropFilter',
    { ...cells, ...image },
    { ...convolved, filterShape: [3, 3, 1, 2, 9] },
    /the filter is/,
  ],
  [
    'Conv2DBackpropInput',
    { ...cells, filter: [3, 3, 1, 2] },
    { ...convolved, inputShape: [1, 4, 4, 1, 9], dataFormat: 'NCHW' },
    /inputShape is/,
  ],
  ['MetadistillConv2DWithBias', { ...filtered, bias: [2] }, { ...convolved, strides: 0 }, /strides is 0/],
  ['Conv2D', filtered, { ...convolved, strides: '2' }, /strides is '2'/],
  ['Conv2D', filtered, { ...convolved, dilations: Number.NaN }, /dilations is NaN/],
  ['Conv2D', filtered, { ...convolved, pad: 2 ** 21 }, /pad is 2097152/],
  ['MetadistillMaxPoolWithArgmax', image, { ...pooled, strides: 0 }, /strides is 0/],
  ['MetadistillMaxPoolWithArgmax', image, { ...pooled, strides: '2' }, /strides is '2'/],
  ['MaxPool', image, { ...pooled, pad: 1e6 }, /does not meet the images/],
  ['MaxPool', image, { ...pooled, filterSize: [2 ** 28, 2 ** 28], pad: 'same' }, /positions in a window/],
  ['AvgPool', image, { ...pooled, filterSize: 2 ** 32 + 2 }, /filterSize is/],
  [
    'MetadistillAveragePoolGrad',
    { dy: [1, 2, 2, 1] },
    { ...pooled, inputShape: [1, 4, 4, 1.5] },
    /the input is/,
  ],
  [
    'MetadistillGlobalAveragePoolGrad',
    pixels,
    { inputShape: [1, Number.POSITIVE_INFINITY, 1, 2] },
    /inputShape is/,
  ],
  ['MetadistillGlobalAveragePoolGrad', pixels, { inputShape: [1, 2 ** 28, 2 ** 28, 2] }, /does not fit/],
  ['MetadistillGlobalAveragePoolGrad', pixels, { inputShape: [1, -2, -2, 2] }, /inputShape is/],
  [
    'Conv3DBackpropInputV2',
    { dy: [1, 2, 2, 2, 1], filter: [1, 1, 1, 1, 1] },
    { strides: 1, pad: 'same', inputShape: [1, 2, 2, 2, 9] },
    /9 channels/,
  ],
  ['Dilation2D', { ...image, filter: [2, 2, 1] }, { strides: 0, pad: 'same', dilations: 1 }, /strides is 0/],
  ['Sum', { x: [4, 3, 5] }, { axis: [0, 1, 1, 2] }, /axis is \[0, 1, 1, 2\]/],
  ['ResizeBilinearGrad', { dy: [2, 4, 4, 1], images: [1, 2, 2, 1] }, {}, /images has shape/],
  ['UnsortedSegmentSum', { x: [3, 2], segmentIds: [3] }, { numSegments: 0.5 }, /numSegments is 0.5/],
  ['Select', { condition: [4], t: [2, 3], e: [2, 3] }, {}, /condition has shape \[4\]/],
  ['Select', { condition: [2], t: [2, 3], e: [2, 300] }, {}, /e has shape \[2, 300\]/],
  ['LRNGrad', { x: [1, 2, 2, 3], y: [1, 2, 2, 3], dy: [1, 1, 1, 3] }, localNorm, /dy has shape/],
  ['TopK', { x: [3, 4] }, { k: 5, sorted: true }, /k is 5; expected at most 4/],
  ['MirrorPad', { x: [3] }, { paddings: [[3, 0]], mode: 'reflect' }, /paddings has \[3, 0\]/],
  ['MirrorPad', { x: [3] }, { paddings: [], mode: 'symmetric' }, /expected 1 pairs/],
  ['PadV2', { x: [3] }, { paddings: [[-2, 1]], constantValue: 0 }, /paddings is \[\[-2, 1\]\]/],
  [
    '_FusedMatMul',
    { a: [1, 2, 3], b: [1, 3, 4], bias: [40] },
    { transposeA: false, transposeB: false, activation: 'linear' },
    /bias/,
  ],
  [
    'FusedBatchNorm',
    { x: [2, 4], mean: [3], variance: [4] },
    { varianceEpsilon: 0.1 },
    /mean has shape \[3\]/,
  ],
  ['FusedBatchNorm', { x: [2, 4], mean: [4], variance: [0] }, { varianceEpsilon: 0.1 }, /variance has shape/],
  ['Cumsum', { x: [2, 3] }, { axis: 2, exclusive: false, reverse: false }, /axis/i],
  ['Cumsum', { x: [2, 3] }, { axis: 0.5, exclusive: false, reverse: false }, /axis|axes/i],
  ['OneHot', { indices: [3] }, { depth: -2, dtype: 'float32' }, /depth is -2/],
];

describeEachBuild('impossible attributes', () => {
  it.each(calls)('of %s %o are refused: %o', (name, shapes, attributes, message) => {
    const dtypeOf = (key: string): DataType =>
      key === 'condition' ? 'bool' : /ndices|Ids/.test(key) ? 'int32' : 'float32';
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([key, shape]) => [key, zeros(shape, dtypeOf(key))] as const),
    );
    const before = backend().numDataIds();
    expect(() => runKernel(name, inputs, attributes)).toThrow(message);
    expect(backend().numDataIds()).toBe(before);
    for (const input of Object.values(inputs)) input.dispose();
  });

  it('of strides far above the image are computed: one window is left', () => {
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const filter = tensor([5, 6], [1, 1, 1, 2]);
    const attributes = { ...convolved, strides: 2 ** 28 };
    const [y] = runKernel('Conv2D', { x, filter }, attributes);
    expect(Array.from(y!.dataSync())).toEqual([5, 6]);
    const [dx] = runKernel('Conv2DBackpropInput', { dy: y!, filter }, { ...attributes, inputShape: x.shape });
    expect(Array.from(dx!.dataSync())).toEqual([25 + 36, 0, 0, 0]);
    for (const each of [x, filter, y!, dx!]) each.dispose();
  });

  it('of an argmax that names no pixel of the volume moves nothing', () => {
    const dy = tensor([7, 8], [1, 1, 1, 2, 1]);
    const argmax = tensor([2 ** 30, 1], dy.shape, 'int32');
    const attributes = { filterSize: [1, 1, 2], strides: [1, 1, 2], pad: 'valid' };
    const [dx] = runKernel(
      'MetadistillMaxPoolScatter',
      { dy, argmax },
      { ...attributes, inputShape: [1, 1, 1, 4, 1] },
    );
    expect(Array.from(dx!.dataSync())).toEqual([0, 0, 0, 8]);
    const [back] = runKernel('MetadistillMaxPoolGather', { dx: dx!, argmax }, attributes);
    expect(Array.from(back!.dataSync())).toEqual([0, 8]);
    for (const each of [dy, argmax, dx!, back!]) each.dispose();
  });
});
