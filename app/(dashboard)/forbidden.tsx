import { listNeeds } from "@/app/page-needs.ts";
import { NoAccess } from "./no-access.tsx";

/** What each page needs, in words: the address decides in the browser, since this part of the shell is kept between pages. */
export default function Forbidden() {
  return <NoAccess title="You may not open this page" needs={listNeeds()} />;
}
