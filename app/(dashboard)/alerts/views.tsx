import { Switch } from "@/components/ui/switch.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";

const VIEWS = [
  ["/alerts", "Alerts"],
  ["/alerts/rules", "Rules"],
  ["/alerts/messages", "Messages"],
  ["/alerts/channels", "Channels"],
] as const;

/** The pages of alerts. */
export function Views({ at, viewer }: { at: (typeof VIEWS)[number][0]; viewer: Viewer }) {
  const shown = VIEWS.filter(([path]) => path !== "/alerts/channels" || mayDo(viewer, "channels.manage"));
  return <Switch label="Alerts" options={shown.map(([href, label]) => ({ href, label, active: href === at }))} />;
}
