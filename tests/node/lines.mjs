// JSON lines over stdin and stdout: what the scripts here and the tests that start them speak.

import { createInterface } from 'node:readline';

export function emit(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

/**
 * Runs each line of stdin as a command: `{ "command": name, ... }`. Commands run one after the other. A line that cannot be run is
 * answered by an `error` event with `phase: "command"`. Resolves when stdin ends.
 */
export async function runCommands(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) {
      continue;
    }
    let request;
    try {
      request = JSON.parse(line);
      if (!Object.hasOwn(commands, request.command)) {
        throw new Error(`unknown command: ${request.command}`);
      }
      await commands[request.command](request);
    } catch (error) {
      emit('error', { phase: 'command', command: request?.command, name: error.name, message: error.message });
    }
  }
}

/** Options of the form `--name value`; `--name` alone is "true". */
export function options(argv = process.argv.slice(2)) {
  const found = {};
  for (let i = 0; i < argv.length; i++) {
    if (!argv[i].startsWith('--')) {
      throw new Error(`not an option: ${argv[i]}`);
    }
    const name = argv[i].slice(2);
    found[name] = i + 1 < argv.length && !argv[i + 1].startsWith('--') ? argv[++i] : 'true';
  }
  return found;
}
