// Times as the page shows them: local time, and UTC behind it.

const localTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const zonedTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
const shortTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const localDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

let clockOffsetUs = 0; // the server's clock minus ours

export const followClock = (utcUs) => { clockOffsetUs = utcUs - Date.now() * 1000; };
export const nowUs = () => Date.now() * 1000 + clockOffsetUs;
export const asDate = (us) => new Date(us / 1000);
export const asUtc = (us) => asDate(us).toISOString().replace("T", " ").replace("Z", " UTC");
export const aheadOfUtcS = (seconds) => -new Date(seconds * 1000).getTimezoneOffset() * 60;

/** The hour, or the day where one begins. */
export function tickLabel(seconds, stepS) {
  const date = new Date(seconds * 1000);
  const isDay = stepS >= 86400 || date.getHours() + date.getMinutes() === 0;
  return (isDay ? shortDay : shortTime).format(date);
}

/** Whether the clocks on the wall show this time twice, since they are set back. */
function isTwice(seconds) {
  const aheadS = aheadOfUtcS(seconds);
  return [-3600, -1800, 1800, 3600].some((otherS) => aheadOfUtcS(seconds + otherS) === aheadS - otherS);
}

export function spoken(us) {
  const date = asDate(us);
  const isToday = date.toDateString() === asDate(nowUs()).toDateString();
  const time = isTwice(us / 1e6) ? zonedTime : localTime;
  return (isToday ? "" : localDay.format(date) + " ") + time.format(date);
}
