import type { Peak } from '@metadistill/backend';
import { markdownTable } from 'markdown-table';
import type { BenchLine, BenchResult } from './run-bench.js';

/**
 * A model's times as a table: speed beside the peak of as many cores as there are threads, the cost of a hyper step in plain ones, and how many
 * times as fast as the peer it is. The exact hyper step is compared with the peer's own one. The peak is that of backends
 * that compute on the processor.
 */
export function renderBench({ lines, operations }: BenchResult, peak: Peak): string {
  const [{ model, batch, backend, threads }] = lines as readonly [BenchLine, ...BenchLine[]];
  const ours = lines.filter((line) => line.backend === backend);
  const theirs = lines.filter((line) => line.backend !== backend);
  const plain = ours.find(({ bench }) => bench === 'plain-step') as BenchLine;
  const peer = theirs[0]?.backend;
  const isOnCores = backend === 'wasm' || backend === 'cpu';
  const header = ['step', 'median ms', 'least ms', 'GFLOP/s', 'of the peak', '/ plain step', 'resident MB'];
  const rows = ours.map((line) => {
    const gigaflops = operations[line.bench] / line.medianMs / 1e6;
    const other = theirs.find(({ bench }) => bench === peerBench(line.bench));
    return [
      line.bench,
      line.medianMs.toFixed(2),
      line.minMs.toFixed(2),
      gigaflops.toFixed(1),
      isOnCores ? `${((100 * gigaflops) / (threads * peak.gigaflops)).toFixed(0)} %` : '',
      (line.medianMs / plain.medianMs).toFixed(2),
      String(line.rssMb),
      ...(peer
        ? [other ? other.medianMs.toFixed(2) : '', other ? (other.medianMs / line.medianMs).toFixed(2) : '']
        : []),
    ];
  });
  const columns = peer ? [...header, `${peer} ms`, 'times as fast'] : header;
  const table = markdownTable([columns, ...rows], { align: ['l', ...columns.slice(1).map(() => 'r')] });
  return `${model}, batch ${batch}, ${backend}, ${threads === 1 ? 'one thread' : `${threads} threads`}, median of ${plain.iterations}:\n\n${table}\n`;
}

/** PyTorch users have the paper's step alone. */
const peerBench = (bench: string): string => (bench === 'hyper-step-exact' ? 'hyper-step-fd' : bench);
