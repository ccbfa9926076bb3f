// Times as the page shows them: local time, and UTC behind it.

const localTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const localDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

let clockOffsetUs = 0; // the server's clock minus ours

export const followClock = (utcUs) => { clockOffsetUs = utcUs - Date.now() * 1000; };
export const nowUs = () => Date.now() * 1000 + clockOffsetUs;
export const asDate = (us) => new Date(us / 1000);
export const asUtc = (us) => asDate(us).toISOString().replace("T", " ").replace("Z", " UTC");
export const aheadOfUtcS = (seconds) => -new Date(seconds * 1000).getTimezoneOffset() * 60;
export const tickLabel = (seconds, stepS) => (stepS < 86400 ? shortTime : shortDay).format(new Date(seconds * 1000));

export function spoken(us) {
  const date = asDate(us);
  const isToday = date.toDateString() === asDate(nowUs()).toDateString();
  return (isToday ? "" : localDay.format(date) + " ") + localTime.format(date);
}
