// How many events a picture is told in one go, when it has to catch up. Pure.

const LEAST = 16;
const FRAMES = 20; // in which most of it is told, however slow they are

/**
 * The size of the next part for a picture that is so many events behind. It grows with them: where a
 * machine gives few frames, the same part in each would be less than what comes meanwhile, and the
 * picture would stay behind for good.
 */
export const partSize = (/** @type {number} */ behind) =>
  Math.max(LEAST, Math.ceil(behind / FRAMES));
