import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { guidelinesQuery, latestOf } from "../../api/queries";
import type { Project } from "../../api/types";
import { Markdown } from "../../shared/markdown";
import { Failed, Waiting } from "../../shared/states";

export function GuidelinesDrawer({ project, opened, close }: { project: Project; opened: boolean; close: () => void }) {
  const query = useQuery({ ...guidelinesQuery(project.id), enabled: opened });
  const latest = latestOf(query.data);
  return (
    <Drawer opened={opened} onClose={close} position="right" size="lg" title={latest ? `Guidelines, version ${latest.version}` : "Guidelines"}>
      {query.isLoading ? <Waiting /> : null}
      {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isSuccess && !latest ? "No guidelines have been written yet." : null}
      {latest ? <Markdown text={latest.markdown} /> : null}
    </Drawer>
  );
}
