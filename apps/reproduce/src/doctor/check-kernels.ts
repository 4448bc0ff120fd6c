import { type KernelBuild, measurePeak } from '@metadistill/backend';
import type { Finding } from './finding.js';

/** Tries both builds of the training kernels, and measures what a core reaches with them. */
export async function checkKernels(): Promise<Finding[]> {
  return [
    await checkBuild('simd', 'problem', 'Update Node.'),
    await checkBuild('relaxed-simd', 'note', 'Not needed, but faster. Update Node.'),
  ];
}

async function checkBuild(
  build: KernelBuild,
  otherwise: Finding['status'],
  advice: string,
): Promise<Finding> {
  const subject = `kernels ${build}`;
  try {
    const { gigaflops } = await measurePeak(() => performance.now(), build);
    return { subject, status: 'ok', found: `${gigaflops.toFixed(0)} GFLOP/s at most on one core now` };
  } catch {
    return { subject, status: otherwise, found: 'not in this engine', advice };
  }
}
