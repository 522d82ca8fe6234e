import { useQuery } from "@tanstack/react-query";
import { guidelinesQuery, latestOf } from "../../api/queries";
import type { Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Markdown } from "../../shared/markdown";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";

export function GuidelinesPage({ project }: { project: Project }) {
  const query = useQuery(guidelinesQuery(project.id));
  const latest = latestOf(query.data);
  return (
    <Page title="Guidelines" about={latest ? `Version ${latest.version}, since ${moment(latest.created_at)}` : null}>
      {query.isPending ? <Waiting /> : null}
      {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isSuccess && !latest ? <Empty title="No guidelines yet">A lead writes them; judgments then say which version they followed.</Empty> : null}
      {latest ? (
        <div className="card prose">
          <Markdown text={latest.markdown} />
        </div>
      ) : null}
    </Page>
  );
}
