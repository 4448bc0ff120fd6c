import { performance } from 'node:perf_hooks';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { z } from 'zod';
import { type Evaluation, evaluation as evaluationSchema } from '../logs/log-schema.js';
import type { Experiment } from './experiment.js';
import type { RunTask, ThreadMessage } from './run-message.js';

/** Shortest time between two progress messages, and between two looks at whether to stop. */
const progressIntervalMs = 50;

/**
 * The worker's side of the pool: a function that executes one run and reports it through the task's port.
 *
 * Any message that comes the other way means stop. It is polled for, not listened to, since a training loop may
 * never let the event loop turn.
 */
export function executeRunOf(experiments: readonly Experiment[]): (task: RunTask) => Promise<void> {
  return async ({ spec, port, snapshot, threads }) => {
    const experiment = experiments.find(({ name }) => name === spec.experiment);
    if (!experiment) throw new Error(`internal: the worker has no experiment '${spec.experiment}'.`);
    const stop = new AbortController();
    const tell = (message: ThreadMessage) => port.postMessage(message);
    let started: number | undefined;
    const seconds = () => {
      if (started === undefined) throw new Error('internal: the run did not call begin first.');
      return (snapshot?.seconds ?? 0) + Math.round(performance.now() - started) / 1000;
    };
    const stopIfAsked = () => {
      if (receiveMessageOnPort(port)) stop.abort();
    };
    // A run that was cut between its last snapshot and its end has none left to tell.
    let evaluations = snapshot?.evaluations ?? 0;
    let lastProgress = Number.NEGATIVE_INFINITY;
    const computing = experiment.execute(spec, {
      signal: stop.signal,
      threads,
      snapshot: snapshot?.payload,
      save: (payload) => tell({ kind: 'snapshot', payload, seconds: seconds() }),
      begin: (start) => {
        started = performance.now();
        tell({ kind: 'begin', ...start });
      },
      emit: (evaluation) => {
        stopIfAsked();
        evaluations++;
        tell({ kind: 'evaluation', evaluation: checked(evaluation), seconds: seconds() });
      },
      progress: (done, total) => {
        if (performance.now() - lastProgress < progressIntervalMs) return;
        lastProgress = performance.now();
        stopIfAsked();
        tell({ kind: 'progress', fraction: done / total });
      },
    });
    try {
      await computing;
    } catch (error) {
      if (!isEngineBroken(error)) throw error;
      tell({ kind: 'broken', reason: error.message });
      await new Promise(() => {}); // The pool ends this thread.
    }
    stop.signal.throwIfAborted();
    if (evaluations === 0) throw new Error('internal: the run ended without an evaluation.');
    tell({ kind: 'end', seconds: seconds() });
  };
}

const isEngineBroken = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'EngineBrokenError';

/** A loss that is not finite becomes null, as JSON has it; any other value that is not finite is an error. */
function checked(evaluation: Evaluation): Evaluation {
  const { testLoss, validationLoss } = evaluation;
  const result = evaluationSchema.safeParse({
    ...evaluation,
    testLoss: finiteOrNull(testLoss),
    validationLoss: finiteOrNull(validationLoss),
  });
  if (!result.success) {
    const { path, message } = result.error.issues[0] as z.core.$ZodIssue;
    throw new RangeError(
      `emit: ${path.join('.')} of iteration ${evaluation.iteration} is wrong: ${message}.`,
    );
  }
  return result.data;
}

const finiteOrNull = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
