/** What every page says while nobody signs in. */
export const SIGN_IN_OFF = "Sign-in is off (AUTH=off): whoever reaches this machine's port may do everything.";
