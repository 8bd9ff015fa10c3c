// Runs suites beside each other, so that one waiting for a disk, a clock or a window leaves no core idle.

/**
 * Does `work` for each name, in this order, at most `lanes` at a time and at most one of those that `isAlone` names: the next
 * that may begin does. Answers each name's result; work that throws is a failure of that name and stops no other.
 */
export async function inLanes(names, { lanes, isAlone, work }) {
  const waiting = [...names];
  const running = new Map();
  const results = new Map();
  const begin = async (name) => {
    try {
      results.set(name, await work(name));
    } catch (error) {
      results.set(name, { passed: 0, failed: [`the suite ${name} could not be run: ${error.message}`], skipped: [] });
    }
    running.delete(name);
  };
  const mayBegin = (name) => !isAlone(name) || ![...running.keys()].some(isAlone);
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < lanes ? waiting.findIndex(mayBegin) : -1;
    if (next < 0) {
      await Promise.race(running.values());
    } else {
      const [name] = waiting.splice(next, 1);
      running.set(name, begin(name));
    }
  }
  return names.map((name) => results.get(name));
}
