import { availableParallelism, freemem, totalmem } from 'node:os';
import type { RunProgram } from '../native/run-program.js';
import { versions } from '../runs/versions.js';
import type { Finding } from './finding.js';

/** Megabytes that a run of the largest student may take. */
const runMb = 700;

/** Versions, cores and memory. */
export async function checkMachine(run: RunProgram): Promise<Finding[]> {
  const { node, ...packages } = versions();
  return [checkNode(node as string), await checkNpm(run), checkPackages(packages), ...checkResources()];
}

/** The oldest Node that everything was tried on is 20.19. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  const finding = { subject: 'Node', found: `${version} on ${process.platform} ${process.arch}` };
  if (fits) return { ...finding, status: 'ok' };
  return { ...finding, status: 'problem', advice: 'Update to Node 20.19 or newer.' };
}

async function checkNpm(run: RunProgram): Promise<Finding> {
  const { code, output } = await run({ program: 'npm', args: ['--version'], timeoutMs: 60_000 });
  if (code === 0) return { subject: 'npm', status: 'ok', found: output.trim().split('\n').at(-1) as string };
  return {
    subject: 'npm',
    status: 'note',
    found: 'not on the path',
    advice: '`npx -y pnpm@10` comes with it; install it beside Node.',
  };
}

function checkPackages(packages: Readonly<Record<string, string>>): Finding {
  const found = Object.entries(packages)
    .map(([name, version]) => `${name.replace('@metadistill/', '')} ${version}`)
    .join(', ');
  return { subject: 'packages', status: 'ok', found };
}

function checkResources(): Finding[] {
  const cores = availableParallelism();
  const total = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 1e6;
  const needed = cores * runMb;
  const memory = {
    subject: 'memory',
    found: `${gigabytes(total)} GB, ${gigabytes(freemem() / 1e6)} GB of the machine's free`,
  };
  return [
    { subject: 'cores', status: 'ok', found: `${cores}; as many runs are computed side by side by default` },
    total >= needed
      ? { ...memory, status: 'ok' }
      : {
          ...memory,
          status: 'note',
          advice: `An image run takes up to ${runMb} MB: --workers ${Math.max(1, Math.floor(total / runMb))}`,
        },
  ];
}

const gigabytes = (megabytes: number): string => (megabytes / 1000).toFixed(1);
