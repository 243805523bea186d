import type { ComponentProps } from "react";

export type ButtonLook = "strong" | "plain" | "quiet" | "danger";

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  strong: "bg-accent px-3 font-medium text-accent-ink hover:opacity-90",
  plain: "border border-line-strong px-3 font-medium hover:bg-raised",
  quiet: "px-2 text-soft hover:bg-raised hover:text-ink",
  danger: "bg-bad px-3 font-medium text-ground hover:opacity-90",
};
const SIZES = { usual: "h-8 text-sm", small: "h-6 text-xs" } as const;

/** The classes of what looks like a button but is not one: a link, a summary. Not on paper. */
export const buttonLook = (look: ButtonLook = "plain", size: keyof typeof SIZES = "usual"): string =>
  `no-print inline-flex items-center justify-center gap-1.5 rounded-md whitespace-nowrap disabled:opacity-60 ${SIZES[size]} ${LOOKS[look]}`;

interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  readonly look?: ButtonLook;
  readonly size?: keyof typeof SIZES;
}

/** The one button. A `strong` one is the act that a page is for; a page has one. */
export function Button({ look = "plain", size = "usual", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonLook(look, size)} {...rest} />;
}

/** A link that looks like a button: it leads to where something is done. */
export function ButtonLink({
  look = "plain",
  size = "usual",
  ...rest
}: Omit<ComponentProps<"a">, "className"> & Pick<ButtonProps, "look" | "size">) {
  return <a className={buttonLook(look, size)} {...rest} />;
}
