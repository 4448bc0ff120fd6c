// Times convolutions of 3 × 3 and both of their gradients as direct sums and as fast arithmetic computes them, in turns:
//   pnpm build && node packages/backend/bench/winograd.js
// The constants of choose-tiles.ts are fitted to such times: whatever fast arithmetic leaves alone should have a ratio of 1,
// and nothing one below.
import { engine, randomNormal } from '@tensorflow/tfjs-core';

const { selectBackend } = await import('../dist/index.js');

/** Images, size, inputs, outputs, padding: layers of the students, of ResNet-20 and of ResNet-18 at a batch of 16. */
const shapes = [
  [128, 15, 8, 16, 'valid'],
  [128, 6, 16, 32, 'valid'],
  [128, 13, 8, 16, 'valid'],
  [128, 5, 16, 128, 'valid'],
  [128, 15, 16, 32, 'valid'],
  [128, 6, 32, 64, 'valid'],
  [128, 32, 16, 16, 'same'],
  [128, 16, 32, 32, 'same'],
  [128, 8, 64, 64, 'same'],
  [16, 32, 64, 64, 'same'],
  [16, 16, 128, 128, 'same'],
  [16, 8, 256, 256, 'same'],
  [16, 4, 512, 512, 'same'],
  [128, 4, 64, 64, 'valid'],
];
const rounds = 5;

const table = [];
for (const [batch, size, inputs, outputs, pad] of shapes) {
  await selectBackend({ prefer: 'wasm', threads: 1 });
  const out = pad === 'same' ? size : size - 2;
  const x = randomNormal([batch, size, size, inputs]);
  const filter = randomNormal([3, 3, inputs, outputs]);
  const dy = randomNormal([batch, out, out, outputs]);
  const attributes = { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' };
  const passes = {
    forward: ['Conv2D', { x, filter }, attributes],
    'input gradient': ['Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x.shape }],
    'filter gradient': ['Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter.shape }],
  };
  const least = { direct: {}, fast: {} };
  for (let round = 0; round < rounds; round++) {
    for (const arithmetic of ['direct', 'fast']) {
      await selectBackend({ prefer: 'wasm', arithmetic, threads: 1 });
      for (const [pass, call] of Object.entries(passes)) {
        const ms = leastTime(() => dispose(engine().runKernel(...call)));
        least[arithmetic][pass] = Math.min(ms, least[arithmetic][pass] ?? Infinity);
      }
    }
  }
  const cells = Object.keys(passes).flatMap((pass) => {
    const [direct, fast] = [least.direct[pass], least.fast[pass]];
    return [[pass, `${direct.toFixed(2)} / ${fast.toFixed(2)} = ${(direct / fast).toFixed(2)}`]];
  });
  table.push({
    shape: `${batch}×${size}×${size}, ${inputs}→${outputs} ${pad}`,
    ...Object.fromEntries(cells),
  });
  dispose([x, filter, dy]);
}
console.log('ms as direct sums / ms of fast arithmetic = times as fast');
console.table(table);

function dispose(tensors) {
  for (const tensor of [tensors].flat()) tensor.dispose();
}

/** Least time of a call in ms, of a few. */
function leastTime(call) {
  let least = Infinity;
  const until = performance.now() + 60;
  for (let i = 0; i < 4 || performance.now() < until; i++) {
    const began = performance.now();
    call();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}
