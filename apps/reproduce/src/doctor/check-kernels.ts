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
  kernelBuild: KernelBuild,
  otherwise: Finding['status'],
  advice: string,
): Promise<Finding> {
  const subject = `kernels ${kernelBuild}`;
  try {
    const { gigaflops } = await measurePeak({ now: () => performance.now(), kernelBuild });
    return { subject, status: 'ok', found: `${gigaflops.toFixed(0)} GFLOP/s at most on one core now` };
  } catch {
    return { subject, status: otherwise, found: 'not in this engine', advice };
  }
}
