// Processes that the scripts of this folder start, and end with the script.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program; `output()` is what it has written, `ended` its exit code, null if a signal ended it. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code;
  });
  return {
    ended,
    output: () => text,
    isRunning: () => running.has(child),
    /** Sends a signal, and waits for the end. */
    end(signal) {
      child.kill(signal);
      return ended;
    },
    async says(pattern) {
      while (!pattern.test(text)) {
        if (!running.has(child)) throw new Error(`${program} ended without saying ${pattern}:\n${text}`);
        await sleep(20);
      }
    },
  };
}

/** Starts a Redis with an append-only file in a folder, on a free port of this machine. */
export async function startRedis(folder) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const settings = ['--appendonly', 'yes', '--save', '', '--dir', folder, '--maxmemory-policy', 'noeviction'];
  const begin = () => start('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', ...settings]);
  let redis = begin();
  const connection = new Redis({
    port,
    host: '127.0.0.1',
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  connection.on('error', () => {}); // It is not up yet, or is being restarted.
  await connection.ping();
  return {
    url: `redis://127.0.0.1:${port}`,
    connection,
    /** Kills it, and starts it again from what it had written. */
    async restart() {
      await redis.end('SIGKILL');
      redis = begin();
      await connection.ping();
    },
  };
}

/** The options of a command line such as `--kills 50 --main FILE -- smoke --runs 40`; numbers where the default is one. */
export function readOptions(argv, defaults) {
  const options = { ...defaults };
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  for (let i = 0; i < end; i += 2) {
    const name = argv[i].replace(/^--/, '');
    if (!Object.hasOwn(defaults, name)) {
      throw new Error(`${argv[i]} is no option; expected --${Object.keys(defaults).join(', --')}.`);
    }
    options[name] = typeof defaults[name] === 'number' ? Number(argv[i + 1]) : argv[i + 1];
  }
  return { ...options, command: argv.slice(end + 1) };
}
