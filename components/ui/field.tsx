"use client";
import { type ComponentProps, createContext, type ReactNode, use, useId } from "react";

/** What an act answered: in words, and what is wrong with which field by its name. `given`: the texts that were sent. */
export interface Answer {
  readonly ok: boolean;
  readonly message: string;
  /** Shown this once, to be copied: a token, a link. */
  readonly secret?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly given?: Readonly<Record<string, string>>;
}

/** The answer to the form around a field. */
export const FormAnswer = createContext<Answer | null>(null);

const BOX =
  "min-w-0 rounded-md border border-line-strong bg-ground px-2 text-sm text-ink disabled:bg-sunken aria-invalid:border-bad";

interface FieldProps {
  readonly label: string;
  /** How to fill it in, below it. */
  readonly hint?: string | undefined;
  /** Marked as needed. Whether it is, the act says: the browser's own bubble is switched off. */
  readonly required?: boolean | undefined;
}

interface Control {
  readonly id: string;
  readonly required: boolean;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
  readonly defaultValue: string | undefined;
}

/** A label over what is filled in; below it how, and what is wrong with what was. */
function Labelled({
  label,
  hint,
  required = false,
  name,
  value,
  children,
}: Input & { children: (control: Control) => ReactNode }) {
  const id = useId();
  const answer = use(FormAnswer);
  const problem = answer?.fields?.[name];
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className="grid min-w-0 content-start gap-1 text-xs">
      <label htmlFor={id} className={`text-faint ${required ? "required-mark" : ""}`}>
        {label}
      </label>
      {children({
        ...{ id, required, "aria-invalid": problem ? true : undefined },
        "aria-describedby": described || undefined,
        defaultValue: answer?.ok === false ? (answer.given?.[name] ?? value) : value,
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-faint">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="max-w-xs text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

interface Input extends FieldProps {
  readonly name: string;
  /** What it begins with. */
  readonly value?: string | undefined;
}
type InputProps = Pick<
  ComponentProps<"input">,
  "placeholder" | "inputMode" | "maxLength" | "list" | "disabled" | "autoComplete" | "autoFocus"
>;

interface TextProps extends Input, InputProps {
  readonly type?: "text" | "date" | "email" | "password";
  readonly align?: "right";
  /** Called with what is typed; the field keeps its value itself. */
  readonly onType?: (value: string) => void;
}

export function TextField({ label, hint, required, name, value, type = "text", align, onType, ...more }: TextProps) {
  return (
    <Labelled {...{ label, hint, required, name, value }}>
      {(control) => (
        <input
          type={type}
          name={name}
          {...control}
          {...more}
          {...(onType ? { onChange: (event) => onType(event.target.value) } : {})}
          className={`h-8 ${BOX} ${align ? "text-right tabular-nums" : ""}`}
        />
      )}
    </Labelled>
  );
}

export function TextArea({ rows = 2, label, hint, required, name, value }: Input & { readonly rows?: number }) {
  return (
    <Labelled {...{ label, hint, required, name, value }}>
      {(control) => <textarea name={name} rows={rows} {...control} className={`py-1 ${BOX}`} />}
    </Labelled>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface SelectProps extends Input {
  readonly options: readonly Option[];
  /** Called with what is chosen; the field keeps its value itself. */
  readonly onChoice?: (value: string) => void;
}

export function SelectField({ label, hint, required, name, value, options, onChoice }: SelectProps) {
  return (
    <Labelled {...{ label, hint, required, name, value }}>
      {(control) => (
        // Rendered again where what is stored has changed: a select keeps to the option that was there first.
        <select
          key={control.defaultValue}
          name={name}
          {...control}
          {...(onChoice ? { onChange: (event) => onChoice(event.target.value) } : {})}
          className={`h-8 ${BOX}`}
        >
          {options.map((o) => (
            <option key={o.value} value={o.value}>
              {o.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** A file to upload, which is needed. @param accept endings and media types, with commas between them. */
export function FileField({ label, name, accept }: { label: string; name: string; accept: string }) {
  return (
    <Labelled label={label} name={name} required>
      {({ defaultValue: _, ...control }) => (
        <input
          type="file"
          name={name}
          accept={accept}
          {...control}
          className="h-8 max-w-full rounded-md text-sm text-ink file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-ground file:px-2.5 file:text-ink"
        />
      )}
    </Labelled>
  );
}

interface CheckProps {
  readonly label: string;
  readonly name: string;
  /** What is sent where it is ticked. */
  readonly value?: string;
  /** Ticked to begin with. */
  readonly checked?: boolean;
}

/** Something to agree to, or to switch on. */
export function CheckField({ label, name, value = "on", checked = false }: CheckProps) {
  const id = useId();
  const answer = use(FormAnswer);
  const problem = answer?.fields?.[name];
  return (
    <div className="text-sm">
      <label className="flex min-h-8 items-center gap-2">
        <input
          type="checkbox"
          name={name}
          value={value}
          defaultChecked={answer?.ok === false ? answer.given?.[name] === value : checked}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? id : undefined}
          className="size-4 accent-(--accent)"
        />
        {label}
      </label>
      {problem && (
        <p id={id} className="text-xs text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}
