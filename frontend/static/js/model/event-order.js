// Events come by number, which is the order of their arrival; what happened is ordered by time.

/** A batch of events by time, those of one moment by number. */
export function inOrder(events) {
  const ordered = events.every((event, i) => i === 0 || byTime(events[i - 1], event) <= 0);
  return ordered ? events : [...events].sort(byTime);
}

const byTime = (a, b) => a.t - b.t || a.seq - b.seq;
