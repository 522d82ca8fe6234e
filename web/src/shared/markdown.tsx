import { Typography } from "@mantine/core";
import DOMPurify from "dompurify";
import { marked } from "marked";
import { useMemo } from "react";

export function toSafeHtml(markdown: string): string {
  const html = marked.parse(markdown, { async: false });
  return DOMPurify.sanitize(html, { USE_PROFILES: { html: true }, FORBID_TAGS: ["style", "form", "input"], FORBID_ATTR: ["style"] });
}

export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => toSafeHtml(text), [text]);
  return (
    <Typography>
      <div dir="auto" className="markdown" dangerouslySetInnerHTML={{ __html: html }} />
    </Typography>
  );
}
