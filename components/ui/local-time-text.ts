let timeOfDay: Intl.DateTimeFormat | undefined;
let dateAndTime: Intl.DateTimeFormat | undefined;

/** A moment in the zone of whoever looks: the time of day, and of another day than `now`'s, past or to come, its date too. */
export function localTimeText(at: number, now: number): string {
  timeOfDay ??= new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  dateAndTime ??= new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return (sameDay ? timeOfDay : dateAndTime).format(at);
}
