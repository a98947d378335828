// Enough to keep the disk and the witnesses busy; few enough to be nothing for memory.
const AT_ONCE = 32;

/** Does something with each, many at a time, and gives the answers in the order of the questions. */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  act: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): AsyncGenerator<R, void> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    const answer = act(item);
    // One that fails is told when its turn comes, not before.
    answer.catch(() => {});
    running.push(answer);
    if (running.length >= atOnce) yield await running.shift()!;
  }
  while (running.length > 0) yield await running.shift()!;
}
