import type { Metadata } from "next";
import { getCtx } from "@/app/ctx.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { openapi, openapiEndpoint } from "@/lib/api/openapi.ts";
import { readDocument } from "@/lib/api/reading.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { env, ownAddress } from "@/lib/env.ts";
import { Operation } from "./operation.tsx";

export const metadata: Metadata = { title: "API" };

export default async function ApiPage() {
  const { viewer } = await getCtx();
  const base = ownAddress(env());
  const tags = readDocument(openapi(), base.replace(/\/$/, ""));
  return (
    <div className="max-w-4xl">
      <PageHeader title="API" trail={[{ label: "Help", href: "/help" }]}>
        Every address that programs can ask, from the same loaders as the pages.
      </PageHeader>
      <div className="max-w-prose space-y-2 text-sm text-soft">
        <p>
          Create a token on <TextLink to="/account">Account</TextLink> and send it as{" "}
          <code>Authorization: Bearer gl_…</code>. It sees what you see, within its scopes. Amounts are exact decimals
          with their currency beside them; what is unknown is null, never zero.
        </p>
        <p>
          {env().API_RATE_LIMIT > 0 &&
            `Each person and token has ${env().API_RATE_LIMIT} requests a minute; the RateLimit headers count them. `}
          JSON answers have an ETag: send it as If-None-Match to get 304 while nothing changed.
        </p>
        {mayDo(viewer, openapiEndpoint.action) && (
          <p>
            The same as{" "}
            <TextLink to={openapiEndpoint.path} stay>
              OpenAPI 3.1
            </TextLink>
            , for generated clients and other viewers.
          </p>
        )}
      </div>
      {tags.map(({ name, description, operations }) => (
        <Section key={name} id={`tag-${name}`} title={`${name[0]?.toUpperCase()}${name.slice(1)}`} note={description}>
          <div className="border-t">
            {operations.map((operation) => (
              <Operation key={operation.id} of={operation} />
            ))}
          </div>
        </Section>
      ))}
    </div>
  );
}
