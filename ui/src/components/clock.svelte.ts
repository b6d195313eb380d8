import { createSubscriber } from "svelte/reactivity";

/** One clock for every relative time on the page; it ticks only while one is shown. */
const ticking = createSubscriber((update) => {
  const timer = setInterval(update, 10_000);
  return () => clearInterval(timer);
});

/** Milliseconds since the epoch; whoever reads it is updated as they pass. */
export function now(): number {
  ticking();
  return Date.now();
}
