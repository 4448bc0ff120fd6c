// Times every kernel beside the peak of this core and, if there is one, TensorFlow.js' own kernel, the two in turns:
//   pnpm build && node packages/backend/bench/kernels.js [--stock] [name]
// A name, such as Conv2D, keeps the kernels whose name contains it; --stock those that replace one of TensorFlow.js.
// Stock keeps packed weights between calls; every call here has the same ones.
import { backend, getKernel, getKernelsForBackend, ones, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { measurePeak, selectBackend } from '../dist/index.js';
import { cases } from './kernel-cases.js';

await setBackend('wasm');
const stock = new Map(
  getKernelsForBackend('wasm').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
);
const { reason } = await selectBackend({ prefer: 'wasm' });
const clock = () => performance.now();
const besideStock = process.argv.includes('--stock');
const [wanted = ''] = process.argv.slice(2).filter((word) => word !== '--stock');

const make = (spec) => (Array.isArray(spec) ? ones(spec) : ones(spec.shape, spec.dtype));

/** Quartile and minimum of each call in ms, the calls in turns; their outputs are disposed of within the time. */
function timeInTurns(calls) {
  const times = calls.map(() => []);
  for (const call of calls) for (let warm = 0; warm < 4; warm++) call();
  const until = clock() + 150 * calls.length;
  while (clock() < until || times[0].length < 8) {
    for (const [i, call] of calls.entries()) {
      // Short calls are repeated, so that the clock's own time does not count.
      const start = clock();
      let count = 0;
      do {
        call();
        count++;
      } while (clock() - start < 0.2);
      times[i].push((clock() - start) / count);
    }
  }
  return times.map((each) => {
    each.sort((a, b) => a - b);
    return { quartile: each[Math.floor(each.length / 4)], minimum: each[0] };
  });
}

async function measure({ name, shape, inputs, attributes, operations, bytes }) {
  const tensors = Object.fromEntries(Object.entries(inputs).map(([key, spec]) => [key, make(spec)]));
  const call = (kernel) => () => {
    const outputs = kernel({ inputs: tensors, attrs: attributes, backend: backend() });
    for (const { dataId } of [outputs].flat()) backend().disposeData(dataId);
  };
  const kernels = [getKernel(name, 'wasm').kernelFunc, stock.get(name)].filter(Boolean);
  const [ours, theirs] = timeInTurns(kernels.map(call));
  for (const tensor of Object.values(tensors)) tensor.dispose();
  const rate = (milliseconds) => operations / milliseconds / 1e6;
  const beside = theirs && {
    'stock ms': theirs.minimum.toFixed(4),
    ratio: (theirs.quartile / ours.quartile).toFixed(2),
  };
  if (besideStock) return { kernel: name, shape, ms: ours.minimum.toFixed(4), ...beside };
  return {
    kernel: name,
    shape,
    'quartile ms': ours.quartile.toFixed(3),
    'best ms': ours.minimum.toFixed(3),
    ...(operations && {
      'GFLOP/s': rate(ours.minimum).toFixed(1),
      'of peak': `${((100 * rate(ours.minimum)) / peak.gigaflops).toFixed(0)} %`,
    }),
    ...(bytes && { 'GB/s': (bytes / ours.minimum / 1e6).toFixed(1) }),
    ...beside,
  };
}

console.log(`Node ${process.version}, ${reason}`);
const peak = await measurePeak({ now: clock });
console.log(`multiply-add peak of this core: ${peak.gigaflops.toFixed(1)} GFLOP/s (${peak.kernelBuild})`);
const rows = [];
for (const test of cases()) {
  if (test.name.includes(wanted) && (stock.has(test.name) || !besideStock)) rows.push(await measure(test));
}
console.table(rows);
if (besideStock) console.table(summary(rows));

/** For each kernel, the least and the median ratio to stock over the shapes. */
function summary(rows) {
  return [...new Set(rows.map(({ kernel }) => kernel))].map((kernel) => {
    const all = rows.filter((row) => row.kernel === kernel);
    const sorted = all.toSorted((a, b) => a.ratio - b.ratio);
    const [{ ratio: least, shape: at }] = sorted;
    return { kernel, shapes: all.length, least, at, median: sorted[Math.floor(all.length / 2)].ratio };
  });
}
