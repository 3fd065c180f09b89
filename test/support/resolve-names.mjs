/**
 * Loaded into a program under test (`NODE_OPTIONS=--import …`): names below example.com and amazonaws.com lead to this
 * machine, as a test has no DNS of its own. Everything else of the program is as a user runs it.
 */
import dns from 'node:dns';

const { lookup } = dns;

dns.lookup = (name, options, done) => {
  const [settings, answer] = typeof options === 'function' ? [{}, options] : [options, done];
  if (!/\.(example\.com|amazonaws\.com)$/.test(name)) return lookup(name, settings, answer);
  const address = '127.0.0.1';
  setImmediate(() => (settings.all ? answer(null, [{ address, family: 4 }]) : answer(null, address, 4)));
  return {};
};
