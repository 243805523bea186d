import { actionOfPath, PAGE_ACTIONS } from "@/app/page-actions.ts";
import { permissionOf } from "@/lib/auth/permissions.ts";
import { NoAccess } from "./no-access.tsx";

/** What each page needs, in words: the address decides in the browser, since this part of the shell is kept between pages. */
export default function Forbidden() {
  const pages = [...Object.keys(PAGE_ACTIONS)].map((path) => {
    const { words, roles } = permissionOf(actionOfPath(path) ?? "usage.read");
    return { path, words, roles };
  });
  return <NoAccess title="You may not open this page" pages={pages} />;
}
