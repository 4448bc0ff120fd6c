import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { experiments } from '../../src/experiments/index.js';
import { runHere } from '../run-here.js';

const text = readFileSync(new URL('../../../../docs/clusters.md', import.meta.url), 'utf8');
const fences = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );
const [batch = ''] = fences('bash');
const [job, compose] = fences('yaml').map((source) => parse(source, { merge: true }));
const hasShellCheck = spawnSync('shellcheck', ['--version']).status === 0;

/** What a command line says when it is understood, and finds no Redis at its address. */
async function tried(args: readonly string[]): Promise<string> {
  const nowhere = args.map((arg) => arg.replace(/^(rediss?):\/\/\S+$/, '$1://127.0.0.1:1'));
  const folder = mkdtempSync(join(tmpdir(), 'clusters-'));
  const { stderr } = await runHere([...nowhere, ...(args[0] === 'worker' ? [] : ['--results', folder])], {
    experiments: experiments.map(({ prepare, ...experiment }) => experiment),
    workerFile: new URL('there-is-no-worker.js', import.meta.url),
    folder,
    reference: folder,
    version: '0.0.0',
  });
  return stderr;
}

test('the batch script is Bash, and its command is understood', async () => {
  expect(batch.split('\n')[0]).toBe('#!/usr/bin/env bash');
  expect(spawnSync('bash', ['-n'], { input: batch }).status).toBe(0);
  for (const line of batch.match(/^#SBATCH.*$/gm) ?? []) expect(line).toMatch(/^#SBATCH --[a-z-]+=\S+$/);
  const [, command] = /reproduce\.js (.*)$/m.exec(batch) ?? [];
  expect(await tried((command as string).split(' '))).toContain(
    'the queue at rediss://127.0.0.1:1 cannot be used',
  );
});

test.skipIf(!hasShellCheck)('ShellCheck finds nothing in the batch script', () => {
  const { stdout, status } = spawnSync('shellcheck', ['--shell=bash', '-'], {
    input: batch,
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['', 0]);
});

test('the Job is one that Kubernetes takes, and its command is understood', async () => {
  expect([job.apiVersion, job.kind]).toEqual(['batch/v1', 'Job']);
  const { completions, parallelism, podFailurePolicy, template } = job.spec;
  expect(completions).toBeGreaterThanOrEqual(parallelism);
  expect(podFailurePolicy.rules[0].action).toBe('Ignore');
  // The policy asks for pods that are not started again in place.
  expect(template.spec.restartPolicy).toBe('Never');
  const [{ args, env, volumeMounts }] = template.spec.containers;
  const volumes = template.spec.volumes.map(({ name }: { name: string }) => name);
  expect(volumes).toEqual(volumeMounts.map(({ name }: { name: string }) => name));
  for (const { name, value, valueFrom } of env) {
    expect(name).toMatch(/^METADISTILL_/);
    expect([typeof value, typeof valueFrom]).toContain('undefined');
  }
  expect(await tried(args)).toContain('the queue at redis://127.0.0.1:1 cannot be used');
});

test('the Compose file has a Redis that keeps what it is given, and commands that are understood', async () => {
  const { services, volumes } = compose;
  expect(Object.keys(services)).toEqual(['redis', 'worker', 'sweep']);
  expect(services.redis.command.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
  expect(volumes).toHaveProperty('queue');
  const dockerfile = services.worker.build.dockerfile_inline as string;
  for (const line of dockerfile.trimEnd().split('\n'))
    expect(line).toMatch(/^(FROM|WORKDIR|COPY|RUN|ENTRYPOINT) /);
  for (const name of ['worker', 'sweep']) {
    const { command, image, environment } = services[name];
    expect([image, Object.keys(environment)]).toEqual([
      'metadistill',
      ['METADISTILL_DATA', 'METADISTILL_QUEUE_PASSWORD'],
    ]);
    expect(await tried(command)).toContain('the queue at redis://127.0.0.1:1 cannot be used');
  }
});
