/** The id of the place among the notices where a page puts what lies over its foot. */
export const NOTICE_SLOT = 'notice-slot';
