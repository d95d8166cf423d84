// What is known of this device's clock: how far the house's was when it was last asked, and whether the clock was
// put to another time since something was recorded.

const OFFSET = "songnuan-field-offset";

const offset = () => {
  const told = localStorage.getItem(OFFSET);
  return told === null ? null : Number(told);
};

// Kept with a record. The ticks go on evenly while the app is open, whatever becomes of the clock.
export const mark = () => ({ offset: offset(), origin: performance.timeOrigin, ticks: performance.now() });

const seconds = (milliseconds) => (milliseconds === null ? null : Math.round(milliseconds / 1000));

// Sent with a record: by how much the clock moved by itself since; null where the app was closed in between.
export const since = (recordedAt, { offset: known = null, origin, ticks } = {}) => {
  const isSame = origin === performance.timeOrigin;
  const moved = isSame ? Date.now() - Date.parse(recordedAt) - (performance.now() - ticks) : null;
  return { offset: seconds(known), moved: seconds(moved) };
};
