/** How many days the platform keeps what has ended: what it cleans up by, and what the settings page says. */
export const KEPT_DAYS = {
  audit: 365,
  incidents: 90,
  restarts: 90,
  delegations: 90,
  activity: 30,
  sent: 30,
  messages: 7,
} as const;
