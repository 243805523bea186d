import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names joined; of two Tailwind classes that contradict, the later wins. */
export const cn = (...inputs: ClassValue[]): string => twMerge(clsx(inputs));
