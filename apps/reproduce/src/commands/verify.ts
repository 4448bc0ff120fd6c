import type { BackendName, KernelArithmetic } from '@metadistill/backend';
import { Command } from 'commander';
import { type VerifyModelName, verifyModelNames } from '../verify/model-names.js';
import { arithmetics, backendNames, oneOf } from './options.js';

interface Options {
  readonly model: VerifyModelName;
  readonly backend: 'auto' | BackendName;
  readonly arithmetic: KernelArithmetic;
}

/** The command that checks hypergradients by what shares nothing with their computation; code 1 if one is wrong. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check the hypergradients of a model on real batches')
    .option(
      '--model <name>',
      `one of ${verifyModelNames.join(', ')}`,
      oneOf('model', verifyModelNames),
      'cifar-very-tiny',
    )
    .option('--backend <name>', `one of ${backendNames.join(', ')}`, oneOf('backend', backendNames), 'auto')
    .option(
      '--arithmetic <name>',
      `on wasm, one of ${arithmetics.join(', ')}`,
      oneOf('arithmetic', arithmetics),
      'direct',
    )
    .action(async ({ model: name, backend: prefer, arithmetic }: Options) => {
      const { formatHypergradientReport } = await import('@metadistill/hypergrad');
      const { requireBackend } = await import('../native/require-backend.js');
      const { batchesFor } = await import('../verify/verification-batches.js');
      const { verifyModel } = await import('../verify/verify-model.js');
      const { verifyModels } = await import('../verify/verify-models.js');
      const backend = await requireBackend({ prefer, arithmetic });
      const { make, batches } = verifyModels[name];
      const model = make();
      const data = await batchesFor(model, batches);
      console.log(`${name} on ${data.description}; backend ${backend.reason}`);
      if (data.warning !== undefined) console.log(`Its own data cannot be loaded: ${data.warning}`);
      const report = await verifyModel(model, data);
      console.log(`\n${formatHypergradientReport(report)}`);
      process.exitCode = report.passed ? 0 : 1;
    });
}
