"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { setCookie } from "./cookie.ts";

/** Sends the browser's time zone to the server once, so that it renders every time in it. */
export function ViewerZone({ shown }: { shown: string }) {
  const router = useRouter();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === shown) return;
    const before = document.cookie;
    setCookie("zone", zone);
    if (document.cookie !== before) router.refresh();
  }, [shown, router]);
  return null;
}
