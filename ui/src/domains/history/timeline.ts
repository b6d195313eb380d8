import type { TimelineDot } from "../../contract";

export interface DrawnDot extends Omit<TimelineDot, "at"> {
  /** Where between the oldest and the newest, from 0 to 1. */
  at: number;
}

export interface Track {
  key: string;
  id: string | null;
  name: string;
  dots: DrawnDot[];
}

/** One track for each environment, in stage order; those that are gone last. */
export function tracks(dots: readonly TimelineDot[], stages: readonly string[]): Track[] {
  const times = dots.map((dot) => new Date(dot.at).getTime());
  const first = Math.min(...times);
  const span = Math.max(...times) - first;
  const found = new Map<string, Track>();
  dots.forEach((dot, position) => {
    const { id, name } = dot.server;
    const key = id ?? `gone:${name}`;
    const track = found.get(key) ?? { key, id, name, dots: [] };
    track.dots.push({ ...dot, at: span === 0 ? 1 : ((times[position] ?? first) - first) / span });
    found.set(key, track);
  });
  const stage = ({ id }: Track) => (id !== null && stages.includes(id) ? stages.indexOf(id) : stages.length);
  return [...found.values()].sort((a, b) => stage(a) - stage(b));
}
