import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { sparkDays } from "@/app/spark-days.ts";
import { plural } from "@/components/format.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { sparks, withSparks } from "@/components/tables/spark-column.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { loadUserSparks } from "@/lib/pages/sparks.ts";
import { readUsers } from "./lists.tsx";

export const metadata: Metadata = { title: "Users" };

export default async function UsersPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/users");
  const { view, rows } = await readUsers(input);
  const { cost, days } = await sparkDays({ ...input, cluster: undefined });
  const trend = await loadUserSparks(input.ctx, cost, days);
  const ofUser = sparks<(typeof rows)[number]>(
    (u) => trend.of(u.user),
    (u) => u.user,
    trend.step,
  );
  return (
    <>
      <PageHeader
        title="Users"
        notice={input.notice}
        controls={
          <>
            <SavedViews input={input} path="/users" />
            <TableTools view={view} />
            <PeriodControl input={input} />
          </>
        }
      >
        {plural(rows.length, "user")} with cost in this period. A user is the name under which workloads are submitted.
      </PageHeader>
      <DataTable
        view={withSparks(view, ofUser)}
        rows={rows}
        foot="All users"
        empty={
          <Empty title="No user was charged anything in this period">
            Choose a longer period. Workloads without a price, or of days that are not charged yet, do not count here.
          </Empty>
        }
      />
    </>
  );
}
