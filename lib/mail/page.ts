/** Text as HTML shows it, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * A mail's HTML around a body that is HTML already: one column of at most 600 px, styles inline, dark where the program is dark.
 * @param title and foot are text.
 */
export function htmlPage(title: string, body: string, foot: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px 12px;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:600px;margin:0 auto">
${body}
<p style="margin:32px 0 0;padding-top:12px;border-top:1px solid #8884;font-size:12px;opacity:.75">${foot}</p>
</div></body></html>
`;
}
