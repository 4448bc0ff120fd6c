import type { BackendChoice, BackendName, SelectBackendOptions } from '@metadistill/backend';
import type { Finding } from './finding.js';

type Choose = (options: SelectBackendOptions) => Promise<BackendChoice>;

/** The last two need only npm. */
const backends: readonly { readonly name: BackendName; readonly advice: string }[] = [
  { name: 'tensorflow', advice: 'Not needed. `npx -y pnpm@10 native` sets it up; worth it with a GPU.' },
  {
    name: 'webgpu',
    advice: 'Not needed. `npx -y pnpm@10 native webgpu` sets it up; it needs a Vulkan driver.',
  },
  { name: 'wasm', advice: 'Update Node, and install again: npx -y pnpm@10 install' },
  { name: 'cpu', advice: 'Install again: npx -y pnpm@10 install' },
];

/** Tries each backend: what loads, what does not and why, and which one runs take. */
export async function checkBackends(choose: Choose): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, advice } of backends) findings.push(await checkBackend(name, advice, choose));
  const taken = await choose({});
  const slow: Partial<Finding> =
    taken.name === 'cpu' ? { status: 'note', advice: 'Image experiments would take days on cpu.' } : {};
  return [...findings, { subject: 'runs take', status: 'ok', found: shown(taken), ...slow }];
}

async function checkBackend(name: BackendName, advice: string, choose: Choose): Promise<Finding> {
  const subject = `backend ${name}`;
  try {
    const choice = await choose({ prefer: name });
    if (choice.name === name) return { subject, status: 'ok', found: shown(choice) };
    const found = choice.passedOver.find((each) => each.name === name)?.reason ?? choice.reason;
    return { subject, status: 'note', found, advice };
  } catch (error) {
    return { subject, status: 'problem', found: (error as Error).message, advice };
  }
}

const shown = ({ name, description }: BackendChoice): string => `${name} (${description})`;
