import { signInAsPersona } from "./demo-actions.ts";
import { PERSONAS } from "./demo-personas.ts";

/** One button for each person of the demo. Only the demo has it. */
export function Personas({ to }: { to: string }) {
  return (
    <div className="mb-5 grid gap-2">
      <p className="text-sm text-soft">This is the demo: choose who you are. Each sees exactly what is theirs.</p>
      {PERSONAS.map(({ email, label, sees }) => (
        <form key={email} action={signInAsPersona} method="post">
          <input type="hidden" name="persona" value={email} />
          <input type="hidden" name="callbackUrl" value={to} />
          <button
            type="submit"
            className="grid w-full gap-0.5 rounded-md border border-line-strong px-3 py-2 text-left hover:bg-sunken"
          >
            <span className="text-sm font-medium">{label}</span>
            <span className="text-xs text-soft">{sees}</span>
          </button>
        </form>
      ))}
    </div>
  );
}
