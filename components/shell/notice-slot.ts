/** The id of the place among the notices where a page puts what lies over its foot. */
export const NOTICE_SLOT = 'notice-slot';
/** The place below all notices, which make room for what a page puts there. */
export const FOOT_SLOT = 'foot-slot';
