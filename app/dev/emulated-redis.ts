import { Command } from 'ioredis';
import RedisMock from 'ioredis-mock';
import type { RedisClient, RedisFactory } from '../src/stores/redis-factory.ts';
import { storeLibrary } from './store-functions.ts';

/** Replies that ioredis 6 reshapes with a second argument, which the emulation (written for ioredis 5) does not pass. */
const RESHAPED = ['zrange', 'hrandfield', 'xread'];

/** The library of the store, read once: the emulation parses it again for each write, and comments are half of it. */
let library: string | undefined;

/** The functions of the store as one script, with the same library behind them: the emulation knows scripts only. */
function script(name: string): string {
  library ??= storeLibrary().replaceAll(/^(#!|\s*--).*\n/gm, '');
  return `
local functions = {}
redis.register_function = function(name, run) functions[name] = run end
${library}
return functions['${name}'](KEYS, ARGV)`;
}

/**
 * Redis in this process, for a laptop and for tests that need no real one. Clients of the same name share their data.
 * It keeps nothing when the process ends, and it knows neither replicas nor the latency of a network.
 */
export function emulateRedis(name: string): RedisFactory {
  for (const command of RESHAPED) Command.setReplyTransformer(command, (reply: unknown) => reply);
  return (_config, { connectionName }) => {
    const client = new RedisMock({ host: name, connectionName });
    // A pipeline takes its commands from here; `eval` runs at once, as a function does.
    const customCommands = {
      fcall: (name: string, keys: number, ...rest: (string | number)[]) => client.eval(script(name), keys, ...rest),
    };
    const emulation = Object.assign(client, { status: 'ready', customCommands });
    if (!isClient(emulation)) throw new TypeError('the emulation is not what this version of ioredis-mock gave before');
    return emulation;
  };
}

/** It has the commands of a client, and the types of an older one. */
function isClient(emulation: object): emulation is RedisClient {
  return ['status', 'pipeline', 'customCommands'].every((member) => member in emulation);
}
