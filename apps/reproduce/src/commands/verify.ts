import type { BackendName } from '@metadistill/backend';
import { formatHypergradientReport } from '@metadistill/hypergrad';
import { Command } from 'commander';
import { requireBackend } from '../native/require-backend.js';
import { batchesFor } from '../verify/verification-batches.js';
import { verifyModel } from '../verify/verify-model.js';
import { type VerifyModelName, verifyModelNames, verifyModels } from '../verify/verify-models.js';
import { backendNames, oneOf } from './options.js';

interface Options {
  readonly model: VerifyModelName;
  readonly backend: 'auto' | BackendName;
}

/** The command that checks hypergradients by what shares nothing with their computation; code 1 where one is wrong. */
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
    .action(async ({ model: name, backend: prefer }: Options) => {
      const backend = await requireBackend({ prefer });
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
