import { connectQueue } from '../queue/connect-queue.js';
import type { QueueAddress } from '../queue/queue-address.js';
import type { Finding } from './finding.js';

/** Whether the Redis of a queue lets us in and keeps what it is given; runs go to a queue only if one is named. */
export async function checkQueue(address: QueueAddress | undefined): Promise<Finding[]> {
  const subject = 'queue';
  if (address === undefined) {
    return [{ subject, status: 'ok', found: 'not configured: runs stay on this machine' }];
  }
  const { shown } = address;
  let connection: Awaited<ReturnType<typeof connectQueue>>;
  try {
    connection = await connectQueue(address);
  } catch (error) {
    const advice =
      'Start Redis there, check user and password, or leave out --queue: runs then stay on this machine.';
    return [
      { subject, status: 'problem', found: (error as Error).message.replace(/ Look at .*$/, ''), advice },
    ];
  }
  const settings = settingsIn(await connection.info());
  connection.disconnect();
  const { valkey_version, redis_version, maxmemory_policy, aof_enabled } = settings;
  const found = `${shown} answers: ${valkey_version ? `Valkey ${valkey_version}` : `Redis ${redis_version}`}`;
  const findings: Finding[] = [{ subject, status: 'ok', found }];
  if (Number.parseFloat(redis_version ?? '') < 6.2) {
    const advice = 'Use Redis 6.2 or newer, or Valkey.';
    findings.push({ subject, status: 'problem', found: `Redis ${redis_version} is too old`, advice });
  }
  if (maxmemory_policy !== 'noeviction') {
    findings.push({
      subject,
      status: 'problem',
      found: `when its memory is full, it forgets runs: maxmemory-policy is ${maxmemory_policy}`,
      advice: 'Set maxmemory-policy to noeviction.',
    });
  }
  if (aof_enabled !== '1') {
    findings.push({
      subject,
      status: 'note',
      found: 'it forgets what it was given last if it ends: appendonly is no',
      advice:
        'Set appendonly to yes. Runs that are forgotten are enqueued again, and computed from their beginning.',
    });
  }
  return findings;
}

/** What `INFO` says, by name. */
function settingsIn(info: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
}
