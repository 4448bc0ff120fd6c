import { connect } from 'node:net';
import type { Finding } from './finding.js';

/** Whether the Redis of a queue answers; runs go to a queue only if one is named. */
export async function checkQueue(url: string | undefined, timeoutMs = 5000): Promise<Finding> {
  const subject = 'queue';
  if (url === undefined) {
    return { subject, status: 'ok', found: 'not configured: runs stay on this machine' };
  }
  const advice = 'Start Redis there, or leave out --queue: runs then stay on this machine.';
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    return { subject, status: 'problem', found: `'${url}' is no address`, advice: 'Write redis://host:6379' };
  }
  const { hostname, port } = new URL(url);
  const problem = await refusal(hostname, Number(port || 6379), timeoutMs);
  return problem === undefined
    ? { subject, status: 'ok', found: `${url} takes connections` }
    : { subject, status: 'problem', found: `${url}: ${problem}`, advice };
}

/** Why a port takes no connection; undefined if it does. */
function refusal(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutMs, () => end(`no answer in ${timeoutMs / 1000} s`));
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
