import { configHash } from '../src/logs/config-hash.js';
import type { CompleteLog } from '../src/logs/log.js';
import { type EvaluationLine, type LogHeader, logSchemaVersion } from '../src/logs/log-schema.js';
import { startLog } from '../src/logs/log-writer.js';

/** A complete log with two evaluations; the last one is after 10 plain iterations. */
export function fakeLog(
  header: Partial<LogHeader> = {},
  last: Partial<EvaluationLine> = {},
  seconds = 2,
): CompleteLog {
  const config = header.config ?? { epochs: 10 };
  const evaluation: EvaluationLine = {
    kind: 'eval',
    epoch: 0,
    iteration: 0,
    seconds: 0,
    testAccuracy: 0.1,
    testLoss: null,
    validationLoss: null,
    distillationFraction: 0.5,
    temperature: 2,
    forwardEquivalents: 0,
  };
  return {
    header: {
      kind: 'run',
      schema: logSchemaVersion,
      experiment: 'synthetic',
      protocol: 'published',
      method: 'gradient',
      run: 0,
      seed: 42,
      config,
      configHash: configHash(config),
      versions: { node: '20.19.0' },
      backend: { name: 'cpu', reason: 'asked for' },
      cores: 2,
      ...header,
    },
    evaluations: [evaluation, { ...evaluation, epoch: 9, iteration: 10, forwardEquivalents: 30, ...last }],
    end: { kind: 'end', seconds, evaluations: 2 },
  };
}

/** Writes a log as a run does: its end line says how many evaluations there are, and has a checksum. */
export function writeLog(path: string, { header, evaluations, end }: CompleteLog): void {
  const log = startLog(path, header);
  for (const line of evaluations) log.append(line);
  log.end(end.seconds);
  log.close();
}
