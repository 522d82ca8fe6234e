import { Alert, Badge, NativeSelect, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch } from "../../api/client";
import type { Member, Project } from "../../api/types";
import { Section } from "../../shared/section";
import { Failed, Waiting } from "../../shared/states";
import { words } from "../../shared/words";
import { InviteButton } from "./invite-button";
import { InvitationList } from "./invitation-list";

export const roles = ["trainer", "reviewer", "lead", "owner"];

function RoleSelect({ project, member }: { project: Project; member: Member }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: string) => api.put(`/projects/${project.id}/members/${member.person_id}`, { role }, ifMatch(member.tag)),
    onSettled: () => client.invalidateQueries({ queryKey: ["members", project.id] }),
  });
  return (
    <>
      <NativeSelect size="xs" aria-label={`Role of ${member.name}`} value={change.isPending ? change.variables : member.role} disabled={change.isPending} onChange={(event) => change.mutate(event.currentTarget.value)}
        data={roles.map((role) => ({ value: role, label: words(role) }))} />
      {change.isError ? <Alert color="red" role="alert" mt="xs" py={6}>{change.error.message}</Alert> : null}
    </>
  );
}

export function Members({ project }: { project: Project }) {
  const members = useQuery({ queryKey: ["members", project.id], queryFn: () => api.all<Member>(`/projects/${project.id}/members`) });
  return (
    <Section title="Members" actions={<InviteButton project={project} />}>
      {members.isPending ? <Waiting /> : null}
      {members.isError ? <Failed error={members.error} retry={() => void members.refetch()} /> : null}
      {members.data ? (
        <ul className="card rows">
          {members.data.map((member) => (
            <li key={member.person_id} className="member">
              <div className="breaks">
                <Text size="sm" fw={500} component="div">
                  <bdi>{member.name}</bdi>
                  {member.simulated && !member.name.includes("simulated") ? <Badge size="xs" variant="default" ml={8}>simulated</Badge> : null}
                </Text>
                <Text size="xs" c="dimmed"><bdi>{member.login}</bdi></Text>
              </div>
              <div><RoleSelect project={project} member={member} /></div>
            </li>
          ))}
        </ul>
      ) : null}
      <InvitationList project={project} />
    </Section>
  );
}
