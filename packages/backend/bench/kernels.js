// Times every kernel beside the peak of this core and, if there is one, TensorFlow.js' own kernel, the two in turns:
//   pnpm build && node packages/backend/bench/kernels.js [--stock] [name]
// A name, such as Conv2D, keeps the kernels whose name contains it; --stock those that replace one of TensorFlow.js.
// Stock keeps packed weights for as long as their tensor lives. So what has weights is timed twice: with those of the call
// before, as in inference, and with new ones, as in training.
import { backend, getKernel, ones } from '@tensorflow/tfjs-core';
import { loadStock, renew } from './stock-backend.js';

const stock = await loadStock();
const { measurePeak, selectBackend } = await import('../dist/index.js');
const { cases } = await import('./kernel-cases.js');
const { reason } = await selectBackend({ prefer: 'wasm', threads: 1 });
const clock = () => performance.now();
const besideStock = process.argv.includes('--stock');
const [wanted = ''] = process.argv.slice(2).filter((word) => word !== '--stock');

/** Tensors of ones on the current backend, and the same on the one of stock. */
function make(spec) {
  const [shape, dtype] = Array.isArray(spec) ? [spec, 'float32'] : [spec.shape, spec.dtype];
  const tensor = ones(shape, dtype);
  const { dataId } = stock.backend.makeOutput(shape, dtype, undefined, tensor.dataSync());
  return [tensor, { dataId, dtype, shape, size: tensor.size }];
}

/** Quartile and minimum of each call in ms, the calls in turns; their outputs are disposed of within the time. */
function timeInTurns(calls) {
  const times = calls.map(() => []);
  for (const call of calls) {
    // Until V8 has compiled it: short calls take many.
    const warm = clock() + 40;
    for (let i = 0; i < 4 || (clock() < warm && i < 5000); i++) call();
  }
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
  const pairs = Object.entries(inputs).map(([key, spec]) => [key, make(spec)]);
  const weights = pairs.findLast(([key]) => key === 'filter' || key === 'b')?.[1];
  const tensors = [0, 1].map((i) => Object.fromEntries(pairs.map(([key, pair]) => [key, pair[i]])));
  const isNamed = !Array.isArray(inputs);
  const backends = [backend(), stock.backend];
  const kernels = [getKernel(name, 'wasm').kernelFunc, stock.kernels.get(name)];
  const call = (i, renewed) => {
    const given = {
      inputs: isNamed ? tensors[i] : Object.values(tensors[i]),
      attrs: attributes,
      backend: backends[i],
    };
    return () => {
      if (renewed) renew(backends[i], renewed[i]);
      const outputs = kernels[i](given);
      if (Array.isArray(outputs)) for (const { dataId } of outputs) backends[i].disposeData(dataId);
      else backends[i].disposeData(outputs.dataId);
    };
  };
  const calls = kernels[1]
    ? [call(0), call(1), ...(weights ? [call(0, weights), call(1, weights)] : [])]
    : [call(0)];
  const [ours, theirs, oursAnew, theirsAnew] = timeInTurns(calls);
  for (const [, [tensor, { dataId }]] of pairs) {
    tensor.dispose();
    stock.backend.disposeData(dataId);
  }
  const rate = (milliseconds) => operations / milliseconds / 1e6;
  const beside = theirs && {
    'stock ms': theirs.minimum.toFixed(4),
    ratio: (theirs.minimum / ours.minimum).toFixed(2),
    ...(weights && { 'ratio, new weights': (theirsAnew.minimum / oursAnew.minimum).toFixed(2) }),
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
  if (test.name.includes(wanted) && (stock.kernels.has(test.name) || !besideStock))
    rows.push(await measure(test));
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
