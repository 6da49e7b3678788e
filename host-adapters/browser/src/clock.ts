/** Calls `work` once after `ms` milliseconds, or earlier if that is very long. Returns a function that cancels it. */
export type After = (ms: number, work: () => void) => () => void;

/** Reads time and waits. What is left out is the system's. */
export interface Clock {
  /** Returns milliseconds that never jump. They may stand still while the machine sleeps. */
  readonly mono?: () => number;
  /** Returns milliseconds since 1970. They count sleep, and jump when the clock is set. */
  readonly wall?: () => number;
  readonly after?: After;
}

/** One point in time on both clocks. */
export interface Moment {
  readonly mono: number;
  readonly wall: number;
}

/** Returns what a session does with a clock; a tuple, as its names then cost no bytes. */
export const openClock = ({
  mono = () => performance.now(),
  wall = () => Date.now(),
  after = (ms, work) => {
    // A delay above 2³¹ − 1 ms would be none.
    const timer = setTimeout(work, Math.min(ms, 432e5));
    return () => clearTimeout(timer);
  },
}: Clock = {}) =>
  [
    after,
    wall,
    // Returns how long ago a moment was: the larger of what the two clocks say. A clock that is wrong by
    // a constant cancels out, a wall clock that jumps back is overruled, and sleep counts.
    (since: Moment) => Math.max(mono() - since.mono, wall() - since.wall),
    // Returns the moment of this reading of the wall clock. One in the future is now.
    (at = wall()): Moment => ({ mono: mono() - Math.max(0, wall() - at), wall: at }),
  ] as const;
