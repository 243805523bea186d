/** What every page says while nobody signs in. */
export const SIGN_IN_OFF = "Sign-in is off (AUTH=off): anyone who reaches this machine's port may do everything.";
