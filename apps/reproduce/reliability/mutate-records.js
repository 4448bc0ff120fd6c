// Reads mutated logs, snapshots and study parts, which must be refused, or say what they said before:
//   pnpm build && node apps/reproduce/reliability/mutate-records.js [--mutants 10000] [--seed 1]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';

const cache = new URL('../node_modules/.cache/read-mutants/', import.meta.url);
await build({
  config: false,
  entry: [fileURLToPath(new URL('read-mutants.ts', import.meta.url))],
  outDir: fileURLToPath(cache),
  format: 'esm',
  target: 'node20',
  skipNodeModulesBundle: true,
  silent: true,
});
const { readMutants } = await import(new URL('read-mutants.js', cache).href);
const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const reports = readMutants({ mutants: Number(values.mutants), seed: Number(values.seed) });
console.table(
  reports.map(({ foreignErrors, ...report }) => ({ ...report, foreignErrors: foreignErrors.length })),
);
for (const { foreignErrors } of reports) for (const error of foreignErrors.slice(0, 5)) console.log(error);
console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`);
if (reports.some(({ acceptedChanged, foreignErrors }) => acceptedChanged + foreignErrors.length > 0))
  process.exitCode = 1;
