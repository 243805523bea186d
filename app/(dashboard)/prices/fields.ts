export const FIELD = "h-8 w-full rounded-md border border-line-strong bg-ground px-2 text-sm text-ink";
export const BUTTON =
  "h-8 rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised disabled:opacity-60";
export const PRIMARY =
  "h-8 rounded-md bg-accent px-3 text-sm font-medium whitespace-nowrap text-accent-ink hover:opacity-90 disabled:opacity-60";
