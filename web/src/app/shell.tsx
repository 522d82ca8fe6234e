import { Avatar, Menu, NativeSelect, Text, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Link, Navigate, NavLink, Route, Routes, useLocation, useMatch, useNavigate } from "react-router";
import { atLeast, projectsQuery, useSession, useSignOut, type Role } from "../api/session";
import type { Project } from "../api/types";
import { PageBoundary } from "./page-boundary";
import { SignInAgain } from "../features/sign-in/sign-in-again";
import { Empty, Failed, Waiting } from "../shared/states";

const JudgePage = lazy(async () => ({ default: (await import("../features/judge/all-work-page")).AllWorkPage }));
const ReviewPage = lazy(async () => ({ default: (await import("../features/judge/review-page")).ReviewPage }));
const OwnTaskPage = lazy(async () => ({ default: (await import("../features/judge/own-task-page")).OwnTaskPage }));
const RoundsPage = lazy(async () => ({ default: (await import("../features/round/rounds-page")).RoundsPage }));
const RoundPage = lazy(async () => ({ default: (await import("../features/round/round-page")).RoundPage }));
const EvaluationPage = lazy(async () => ({ default: (await import("../features/evaluation/evaluation-page")).EvaluationPage }));
const ModelsPage = lazy(async () => ({ default: (await import("../features/models/models-page")).ModelsPage }));
const ModelPage = lazy(async () => ({ default: (await import("../features/models/model-page")).ModelPage }));
const JudgmentPage = lazy(async () => ({ default: (await import("../features/models/judgment-page")).JudgmentPage }));
const ChatPage = lazy(async () => ({ default: (await import("../features/chat/chat-page")).ChatPage }));
const PeoplePage = lazy(async () => ({ default: (await import("../features/people/people-page")).PeoplePage }));
const SettingsPage = lazy(async () => ({ default: (await import("../features/settings/settings-page")).SettingsPage }));
const GuidelinesPage = lazy(async () => ({ default: (await import("../features/guidelines/guidelines-page")).GuidelinesPage }));

const AccountPage = lazy(async () => ({ default: (await import("../features/account/account-page")).AccountPage }));
const AdministrationPage = lazy(async () => ({ default: (await import("../features/administration/administration-page")).AdministrationPage }));

const links: { to: string; label: string; role: Role }[] = [
  { to: "judge", label: "Judge", role: "trainer" },
  { to: "review", label: "Review", role: "reviewer" },
  { to: "guidelines", label: "Guidelines", role: "trainer" },
  { to: "rounds", label: "Rounds", role: "reviewer" },
  { to: "models", label: "Models", role: "reviewer" },
  { to: "chat", label: "Chat", role: "reviewer" },
  { to: "people", label: "People", role: "reviewer" },
  { to: "settings", label: "Settings", role: "lead" },
];

function useRole(project: Project | undefined): Role {
  const session = useSession();
  if (session.person.administrator) return "owner";
  return (project?.role ?? "trainer") as Role;
}

function AccountMenu() {
  const session = useSession();
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton>
          <span className="only-heard">Account of {session.person.name}</span>
          <Avatar radius="xl" size={34} color="teal" name={session.person.name} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session.person.name}</Menu.Label>
        <Menu.Item component={Link} to="/account">
          Your account
        </Menu.Item>
        {session.person.administrator ? (
          <Menu.Item component={Link} to="/administration">
            Administration
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}>
          {scheme === "dark" ? "Light colours" : "Dark colours"}
        </Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ProjectPicker({ projects, current }: { projects: Project[]; current: Project }) {
  const navigate = useNavigate();
  if (projects.length === 1) {
    return (
      <Text size="sm" c="dimmed" truncate className="shell-project" visibleFrom="sm">
        <bdi>{current.name}</bdi>
      </Text>
    );
  }
  return (
    <NativeSelect
      className="shell-project"
      size="xs"
      aria-label="Project"
      value={String(current.id)}
      onChange={(event) => void navigate(`/p/${event.currentTarget.value}/judge`)}
      data={projects.map((project) => ({ value: String(project.id), label: project.name }))}
    />
  );
}

function ProjectRoutes({ project, role }: { project: Project; role: Role }) {
  const home = role === "trainer" ? "judge" : "rounds";
  return (
    <Routes>
      <Route path="/p/:project">
        <Route index element={<Navigate to={home} replace />} />
        <Route path="judge" element={<JudgePage key={project.id} project={project} />} />
        <Route path="review" element={<ReviewPage key={project.id} project={project} />} />
        <Route path="work/:task" element={<OwnTaskPage project={project} />} />
        <Route path="guidelines" element={<GuidelinesPage project={project} mayEdit={atLeast(role, "lead")} />} />
        <Route path="rounds" element={<RoundsPage project={project} mayRun={atLeast(role, "lead")} />} />
        <Route path="rounds/:round" element={<RoundPage project={project} mayRun={atLeast(role, "lead")} />} />
        <Route path="evaluations/:evaluation" element={<EvaluationPage project={project} mayPromote={role === "owner"} />} />
        <Route path="models" element={<ModelsPage project={project} />} />
        <Route path="models/:model" element={<ModelPage project={project} />} />
        <Route path="judgments/:judgment" element={<JudgmentPage project={project} />} />
        <Route path="chat" element={<ChatPage project={project} />} />
        <Route path="people" element={<PeoplePage project={project} mayPause={atLeast(role, "lead")} mayInvite={role === "owner"} />} />
        {atLeast(role, "lead") ? <Route path="settings" element={<SettingsPage key={project.id} project={project} />} /> : null}
      </Route>
      <Route path="*" element={<Navigate to={`/p/${project.id}/${home}`} replace />} />
    </Routes>
  );
}

export function Shell() {
  const projects = useQuery(projectsQuery);
  const match = useMatch("/p/:project/*");
  if (projects.isPending) return <Waiting label="Loading your projects" />;
  if (projects.isError) return <Failed error={projects.error} retry={() => void projects.refetch()} />;
  const wanted = Number(match?.params.project);
  const project = projects.data.find((candidate) => candidate.id === wanted) ?? projects.data[0];
  return <Inside projects={projects.data} project={project} />;
}

function NoProject() {
  return (
    <div className="page">
      <Empty title="You are in no project yet">An owner invites you to one; then your work appears here.</Empty>
    </div>
  );
}

function Inside({ projects, project }: { projects: Project[]; project: Project | undefined }) {
  const role = useRole(project);
  const session = useSession();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the links scroll; the page one is on stays in sight.
  useEffect(() => {
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className="shell-header">
        <div className="shell-bar">
          <Link to="/" className="mark">
            <img src="/mark.svg" alt="" />
            Preceptor
          </Link>
          <nav ref={nav} className="shell-nav" aria-label="Main">
            {project
              ? links
                  .filter((link) => atLeast(role, link.role))
                  .map((link) => (
                    <NavLink key={link.to} className="shell-link" to={`/p/${project.id}/${link.to}`}>
                      {link.label}
                    </NavLink>
                  ))
              : null}
          </nav>
          {project ? <ProjectPicker projects={projects} current={project} /> : null}
          <AccountMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <PageBoundary key={pathname}>
          <Suspense fallback={<Waiting />}>
            <Routes>
              <Route path="/account" element={<AccountPage />} />
              {session.person.administrator ? <Route path="/administration" element={<AdministrationPage />} /> : null}
              <Route path="*" element={project ? <ProjectRoutes project={project} role={role} /> : <NoProject />} />
            </Routes>
          </Suspense>
        </PageBoundary>
      </main>
      <SignInAgain />
    </>
  );
}
