import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { GuidelineVersion, Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Markdown } from "../../shared/markdown";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";

export function GuidelinesPage({ project }: { project: Project }) {
  const query = useQuery({
    queryKey: ["guidelines", project.id],
    queryFn: async () => (await api.get<{ items: GuidelineVersion[] }>(`/projects/${project.id}/guidelines`)).items,
  });
  if (query.isPending) return <Waiting />;
  const latest = query.data?.reduce((a, b) => (b.version > a.version ? b : a), query.data[0]!);
  return (
    <Page title="Guidelines" about={latest ? <><Badge variant="light">Version {latest.version}</Badge> since {moment(latest.created_at)}</> : null}>
      {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {latest ? (
        <div className="card">
          <Markdown text={latest.markdown} />
        </div>
      ) : (
        <Empty title="No guidelines yet">A lead writes them; judgments then say which version they followed.</Empty>
      )}
    </Page>
  );
}
